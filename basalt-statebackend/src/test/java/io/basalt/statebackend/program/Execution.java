package io.basalt.statebackend.program;

import io.basalt.statebackend.harness.Compaction;
import io.basalt.statebackend.harness.Figures;
import io.basalt.statebackend.harness.KeyedOperator;
import io.basalt.statebackend.harness.OperatorSubtask;
import io.basalt.statebackend.harness.Participant;
import io.basalt.statebackend.harness.Snapshot;
import io.basalt.statebackend.harness.Workspace;
import io.basalt.statebackend.metrics.HotMetrics;
import io.basalt.statebackend.program.Model.Cell;
import java.util.Random;
import org.apache.flink.core.execution.RecoveryClaimMode;
import org.apache.flink.runtime.state.ttl.MockTtlTimeProvider;

/** A program while it runs: the operator, the model beside it, and whatever it has open. */
final class Execution implements AutoCloseable {

  private static final int LONGEST_PAUSE = 60;

  /** Of so many pauses one is long enough for a compaction. */
  private static final int PAUSES_WITHOUT_COMPACTION = 3;

  private final Workspace workspace;
  private final Definition first;
  private final Journal journal;
  private final Coverage coverage;
  private final MockTtlTimeProvider clock = new MockTtlTimeProvider();
  private final SnapshotActions snapshots;
  private final KeyStreamReads keyStreams;
  private final MapWalks walks;
  private final TimerActions timers;
  private final WholeStateActions wholeStates;
  private Participant runningOn;
  private KeyedOperator<Object> operator;
  private OperatorStates states;
  private Model model;

  /** As the version of the job that runs has it. */
  private Definition definition;

  Execution(long seed, Definition definition, Journal journal, Coverage coverage) throws Exception {
    this.workspace = Workspace.opened(seed);
    this.first = definition;
    this.definition = definition;
    this.journal = journal;
    this.coverage = coverage;
    clock.setCurrentTimestamp(1_000);
    snapshots = new SnapshotActions(this);
    keyStreams = new KeyStreamReads(this);
    walks = new MapWalks(this);
    timers = new TimerActions(this);
    wholeStates = new WholeStateActions(this);
    runningOn = definition.participants().get(0);
    try {
      opened(
          KeyedOperator.start(
              workspace,
              runningOn,
              definition.keys().serializer(),
              clock,
              1 + new Random(seed).nextInt(3),
              definition.keyGroups()),
          new Model());
    } catch (Exception e) {
      workspace.close();
      throw e;
    }
  }

  private void opened(KeyedOperator<Object> newOperator, Model newModel) {
    operator = newOperator;
    model = newModel;
    states = new OperatorStates(model);
    redefine();
    if (!runningOn.keepsTimersInTables()) {
      // Until then restored ones are in tables, and in native snapshots.
      timers.register();
    }
  }

  /** The model has become that of another version of the job. */
  void redefine() {
    definition = first.asIn(model);
  }

  void step(Program.Step step) throws Exception {
    Random random = new Random(step.seed());
    switch (step.action()) {
      case USE_STATE -> useState(random);
      case USE_TIMERS -> {
        timers.act(random);
        timers.setAgain(new Random(~step.seed()));
      }
      case LET_TIME_PASS -> {
        letTimePass(random.nextInt(LONGEST_PAUSE));
        // Of a seed of its own, for the seeds that documents name to go on meaning what they did.
        compactOne(new Random(~step.seed()));
      }
      case OPEN_KEY_STREAM -> keyStreams.open(random);
      case READ_KEY_STREAM -> keyStreams.readSome(random);
      case OPEN_MAP_WALK -> walks.open(random);
      case GO_ON_WITH_MAP_WALK -> walks.goOn(random);
      case MERGE_NAMESPACES -> wholeStates.mergeNamespaces(random);
      case VISIT_STATE -> wholeStates.visit(random);
      case APPLY_TO_ALL_KEYS -> wholeStates.applyToAllKeys(random);
      case TRIGGER_SNAPSHOT -> snapshots.trigger(random);
      case RUN_SNAPSHOT -> snapshots.run(random);
      case COMPLETE_SNAPSHOT -> snapshots.complete(random);
      case ABORT_SNAPSHOT -> snapshots.abort(random);
      case CANCEL_SNAPSHOT -> snapshots.cancel(random);
      case DELIVER_LATE_MESSAGE -> snapshots.deliverLateMessage(random);
      case RESTORE -> snapshots.restoreAny(random);
      case CHECK_EVERYTHING -> checkEverything(random);
    }
  }

  /** The last look at everything, after which nothing may be left of the program. */
  void end() throws Exception {
    checkEverything(new Random(0));
    countTier();
    snapshots.abandon();
    workspace.assertNothingIsLeft();
  }

  /** What the tier of an operator that ends has done. */
  private void countTier() {
    for (OperatorSubtask<Object> subtask : operator.subtasks()) {
      Figures figures = subtask.task().figures();
      coverage.count(Coverage.Event.TIER_HIT, figures.sum(HotMetrics.HITS));
      coverage.count(Coverage.Event.TIER_ABSENT_HIT, figures.sum(HotMetrics.ABSENT_HITS));
      coverage.count(Coverage.Event.TIER_MISS, figures.sum(HotMetrics.MISSES));
      coverage.count(Coverage.Event.TIER_EVICTION, figures.sum(HotMetrics.EVICTIONS));
      coverage.count(Coverage.Event.TIER_EPOCH, figures.sum(HotMetrics.EPOCH_ENTRIES));
    }
  }

  private void useState(Random random) throws Exception {
    StateDefinition state = definition.states().get(random.nextInt(definition.states().size()));
    Cell cell = cell(state, random);
    Place place = place(state, cell, random);
    Object before = model.get(cell);
    Object after = StateActions.of(state.kind()).act(place, before);
    changed(state, cell, before, after);
  }

  /** Tells the model, and who is walking over the state. */
  void changed(StateDefinition state, Cell cell, Object before, Object after) {
    model.put(cell, after);
    if (state.kind() == StateDefinition.Kind.MAP) {
      walks.changed(cell, before, after);
    }
    keyStreams.changed();
  }

  void checkEverything(Random random) throws Exception {
    journal.add("everything is read");
    for (StateDefinition state : definition.states()) {
      for (int key = 0; key < definition.numberOfKeys(); key++) {
        for (int namespace = 0; namespace < state.numberOfNamespaces(); namespace++) {
          Cell cell = new Cell(state.name(), namespace, key);
          Object before = model.get(cell);
          Object after =
              StateActions.of(state.kind()).read(place(state, cell, random, new Journal()), before);
          changed(state, cell, before, after);
        }
      }
      keyStreams.checkAll(state);
    }
    timers.checkAll();
  }

  private void letTimePass(int milliseconds) {
    journal.add("time passes: " + milliseconds);
    clock.setCurrentTimestamp(clock.time + milliseconds);
  }

  private void compactOne(Random random) throws Exception {
    if (random.nextInt(PAUSES_WITHOUT_COMPACTION) > 0) {
      return;
    }
    StateDefinition state = definition.states().get(random.nextInt(definition.states().size()));
    for (OperatorSubtask<Object> subtask : operator.subtasks()) {
      if (states.isRegistered(subtask, state)
          && Compaction.of(subtask.backend(), states.descriptor(subtask, state))) {
        journal.add("%s of %s is compacted".formatted(state.name(), subtask.range()));
        coverage.count(Coverage.Event.STATE_COMPACTED);
      }
    }
  }

  Cell cell(StateDefinition state, Random random) {
    return new Cell(
        state.name(),
        random.nextInt(state.numberOfNamespaces()),
        random.nextInt(definition.numberOfKeys()));
  }

  Place place(StateDefinition state, Cell cell, Random random) throws Exception {
    return place(state, cell, random, journal);
  }

  /** Makes key and namespace of the cell the current ones. */
  private Place place(StateDefinition state, Cell cell, Random random, Journal its)
      throws Exception {
    OperatorSubtask<Object> subtask = ownerOf(cell.key());
    Object key = definition.keys().object(cell.key());
    subtask.backend().setCurrentKeyAndKeyGroup(key, keyGroup(cell.key()));
    Place place =
        new Place(
            state,
            cell,
            subtask,
            states.under(subtask, state, state.namespaces().object(cell.namespace())),
            clock.time,
            runningOn.type(),
            random,
            its,
            coverage);
    place.spoil(definition.keys(), key);
    return place;
  }

  /** The cell of a key and a namespace that the backend has given. */
  Cell cellOf(StateDefinition state, Object key, Object namespace) {
    return keyStreams.cell(state, keyStreams.namespaceNumber(state, namespace), key);
  }

  int keyNumber(Object key) {
    return keyStreams.keyNumber(key);
  }

  int keyGroup(int key) {
    return definition.keys().keyGroup(key, definition.keyGroups());
  }

  OperatorSubtask<Object> ownerOf(int key) {
    int keyGroup = keyGroup(key);
    return operator.subtasks().stream()
        .filter(subtask -> subtask.range().contains(keyGroup))
        .findFirst()
        .orElseThrow();
  }

  /** Ends the running operator and goes on from a snapshot. */
  void restore(
      Snapshot<Model> snapshot, Participant reader, int parallelism, RecoveryClaimMode mode)
      throws Exception {
    keyStreams.abandon();
    walks.abandon();
    timers.abandon();
    countTier();
    operator.close();
    runningOn = reader;
    opened(
        KeyedOperator.restore(
            workspace, reader, definition.keys().serializer(), clock, snapshot, parallelism, mode),
        snapshot.contents().copy(true));
  }

  Definition definition() {
    return definition;
  }

  Journal journal() {
    return journal;
  }

  Coverage coverage() {
    return coverage;
  }

  Participant runningOn() {
    return runningOn;
  }

  boolean isOnBasalt() {
    return runningOn.type() == Participant.Type.BASALT;
  }

  KeyedOperator<Object> operator() {
    return operator;
  }

  OperatorStates states() {
    return states;
  }

  Model model() {
    return model;
  }

  long now() {
    return clock.time;
  }

  @Override
  public void close() throws Exception {
    try {
      snapshots.abandon();
    } finally {
      workspace.close();
    }
  }
}
