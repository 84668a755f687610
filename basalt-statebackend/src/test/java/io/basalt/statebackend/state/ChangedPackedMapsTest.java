package io.basalt.statebackend.state;

import static io.basalt.statebackend.state.OperatorOfStates.PACKED_MAP;

import org.apache.flink.api.common.state.MapStateDescriptor;

/** The same of maps whose user keys the tier knows by their bytes only. */
class ChangedPackedMapsTest extends ChangedMapsOfNumbersTest {

  @Override
  MapStateDescriptor<Integer, Long> maps() {
    return PACKED_MAP;
  }
}
