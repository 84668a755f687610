package io.basalt.benchmarks.keys;

import java.util.SplittableRandom;

/**
 * A stream of keys. All of them are made before they are used, as making them would cost more than
 * a hit in a hash map; a stream that is used up begins again. Not thread-safe.
 */
public abstract class Keys {

  /** The usual mean distance of recent keys from the newest. */
  public static final double MEAN_LAG = 20_000;

  /** The usual exponent of Zipf's law. */
  public static final double EXPONENT = 0.99;

  /** Streams of the same seed are the same for every backend. */
  private static final long SEED = 20_260_926L;

  /** The next key, from 0. */
  public abstract long next();

  /** Every key as likely as any other. */
  public static Keys uniform(int keys, int length) {
    SplittableRandom random = new SplittableRandom(SEED);
    int[] stream = new int[length];
    for (int i = 0; i < length; i++) {
      stream[i] = random.nextInt(keys);
    }
    return new Recorded(stream);
  }

  /**
   * The key of rank r comes with a probability in proportion to r to the power of -exponent. Ranks
   * are spread over the keys, so that frequent keys are no neighbours.
   */
  public static Keys zipf(int keys, double exponent, int length) {
    SplittableRandom random = new SplittableRandom(SEED);
    double[] cumulative = new double[keys];
    double sum = 0;
    for (int rank = 0; rank < keys; rank++) {
      sum += Math.pow(rank + 1, -exponent);
      cumulative[rank] = sum;
    }
    int[] stream = new int[length];
    for (int i = 0; i < length; i++) {
      stream[i] = spread(rank(cumulative, random.nextDouble(sum)), keys);
    }
    return new Recorded(stream);
  }

  private static int rank(double[] cumulative, double at) {
    int place = java.util.Arrays.binarySearch(cumulative, at);
    return Math.min(place < 0 ? -place - 1 : place, cumulative.length - 1);
  }

  /** One to one, because the factor is a prime that does not divide the number of keys. */
  private static int spread(int rank, int keys) {
    return (int) (rank * 2_654_435_761L % keys);
  }

  /**
   * Keys that come into being, are used for a while and are forgotten: one in ten is the first new
   * one, the others lie behind the newest at an exponentially distributed distance.
   */
  public static Keys recent(int existing, double meanLag) {
    SplittableRandom random = new SplittableRandom(SEED);
    int[] lags = new int[1 << 20];
    for (int i = 0; i < lags.length; i++) {
      lags[i] = (int) Math.min(existing - 1, -meanLag * Math.log(1 - random.nextDouble()));
    }
    return new Recent(existing - 1L, lags);
  }

  /** Every key once, in no order; after the last, others that have not been there. */
  public static Keys fresh(int keys) {
    return new Fresh(keys);
  }

  private static final class Fresh extends Keys {

    private final int keys;
    private long count;

    Fresh(int keys) {
      this.keys = keys;
    }

    @Override
    public long next() {
      long key = spread((int) (count % keys), keys) + count / keys * keys;
      count++;
      return key;
    }
  }

  private static final class Recorded extends Keys {

    private final int[] stream;
    private int place;

    Recorded(int[] stream) {
      this.stream = stream;
    }

    @Override
    public long next() {
      if (place == stream.length) {
        place = 0;
      }
      return stream[place++];
    }
  }

  private static final class Recent extends Keys {

    private final int[] lags;
    private long newest;
    private int place;

    Recent(long newest, int[] lags) {
      this.newest = newest;
      this.lags = lags;
    }

    @Override
    public long next() {
      place++;
      return place % 10 == 0 ? ++newest : newest - lags[place & (lags.length - 1)];
    }
  }
}
