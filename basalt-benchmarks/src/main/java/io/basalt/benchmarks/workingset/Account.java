package io.basalt.benchmarks.workingset;

/** An object of ten fields, which Flink's POJO serializer writes. */
public final class Account {
  public long id;
  public String owner = "";
  public String currency = "";
  public double balance;
  public double limit;
  public int deposits;
  public int withdrawals;
  public long opened;
  public long lastSeen;
  public boolean blocked;

  /** For the serializer. */
  public Account() {}

  static Account of(long id) {
    Account account = new Account();
    account.id = id;
    account.owner = "owner-" + id;
    account.currency = "EUR";
    account.balance = id * 0.01;
    account.limit = 1_000;
    account.opened = 1_700_000_000_000L + id;
    account.lastSeen = account.opened;
    return account;
  }

  void deposit(double amount) {
    balance += amount;
    deposits++;
    lastSeen++;
  }
}
