package io.basalt.statebackend.faults;

import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Leaves out the tests behind one that has failed, in JVMs that go on with other tests. JUnit finds
 * it in META-INF/services, but looks there only in {@link FaultSuccession}.
 */
public final class NothingAfterAFailure implements ExecutionCondition {

  private static volatile boolean failed;

  static void failed(boolean value) {
    failed = value;
  }

  @Override
  public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
    return failed
        ? ConditionEvaluationResult.disabled("a test has failed")
        : ConditionEvaluationResult.enabled("no test has failed");
  }
}
