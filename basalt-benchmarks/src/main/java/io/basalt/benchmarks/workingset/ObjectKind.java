package io.basalt.benchmarks.workingset;

import io.basalt.benchmarks.subject.Subtask;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.TypeInformation;

/** An object of ten fields. */
final class ObjectKind implements Kind {

  @Override
  public String name() {
    return "object";
  }

  @Override
  public String description() {
    return "an object of ten fields (Flink's POJO serializer)";
  }

  @Override
  public int entriesOfKey() {
    return 1;
  }

  @Override
  public int heapMegabytesOfMillion() {
    return 600;
  }

  @Override
  public Access open(Subtask<Long> subtask) throws Exception {
    ValueState<Account> state =
        subtask.state(new ValueStateDescriptor<>("account", TypeInformation.of(Account.class)));
    var backend = subtask.backend();
    return new Access() {
      @Override
      public void create(long key) throws Exception {
        backend.setCurrentKey(key);
        state.update(Account.of(key));
      }

      @Override
      public boolean change(long key) throws Exception {
        backend.setCurrentKey(key);
        Account account = state.value();
        boolean present = account != null;
        if (account == null) {
          account = Account.of(key);
        }
        account.deposit(1);
        state.update(account);
        return present;
      }

      @Override
      public boolean read(long key) throws Exception {
        backend.setCurrentKey(key);
        return state.value() != null;
      }
    };
  }
}
