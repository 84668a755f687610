package io.basalt.statebackend.harness;

import java.io.Serializable;
import java.util.Iterator;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;

/**
 * The source of a job of this process, which emits what the test tells it to, when it does.
 *
 * <p>Compiled against older versions of Flink, too.
 */
public final class Feed implements Iterator<Long>, Serializable {

  private static final long serialVersionUID = 1L;

  /** An iterator travels in the job graph; its copy finds the queue by the name of the job. */
  private static final Map<String, BlockingQueue<Item>> QUEUES = new ConcurrentHashMap<>();

  private final String job;
  private transient Item next;

  private Feed(String job) {
    this.job = job;
  }

  /** The source of the job of that name; one that had the name before is forgotten. */
  public static Feed of(String job) {
    QUEUES.put(job, new LinkedBlockingQueue<>());
    return new Feed(job);
  }

  /** Emits the numbers, and returns once they are on their way in front of whatever comes next. */
  public void emit(long from, long to) throws InterruptedException {
    for (long number = from; number < to; number++) {
      queue().add(Item.number(number));
    }
    Item mark = Item.mark();
    queue().add(mark);
    mark.passed.await();
  }

  /** The job comes to its end. */
  public void end() {
    queue().add(Item.end());
  }

  @Override
  public boolean hasNext() {
    try {
      while (next == null) {
        Item item = queue().take();
        if (item.kind == Kind.MARK) {
          // Flink asks only after it has sent what it got before.
          item.passed.countDown();
        } else {
          next = item;
        }
      }
      return next.kind == Kind.NUMBER;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  @Override
  public Long next() {
    if (!hasNext()) {
      throw new NoSuchElementException(job);
    }
    long number = next.number;
    next = null;
    return number;
  }

  private BlockingQueue<Item> queue() {
    return QUEUES.get(job);
  }

  private enum Kind {
    NUMBER,
    MARK,
    END
  }

  private static final class Item {

    final Kind kind;
    final long number;
    final CountDownLatch passed = new CountDownLatch(1);

    private Item(Kind kind, long number) {
      this.kind = kind;
      this.number = number;
    }

    static Item number(long number) {
      return new Item(Kind.NUMBER, number);
    }

    static Item mark() {
      return new Item(Kind.MARK, 0);
    }

    static Item end() {
      return new Item(Kind.END, 0);
    }
  }
}
