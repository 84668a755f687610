package io.basalt.examples.flights.source;

import java.util.List;

/** What the enumerator puts into a snapshot: the splits no reader has at that moment. */
record UnassignedSplits(List<FlightsSplit> splits) {}
