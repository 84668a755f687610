package io.basalt.examples.flights.record;

import static org.assertj.core.api.Assertions.assertThat;

import io.basalt.examples.flights.output.ResultRow;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.java.typeutils.PojoTypeInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is kept in snapshots stays readable by later versions of the job. */
class RecordTypesTest {

  @ParameterizedTest
  @ValueSource(
      classes = {
        Flight.class,
        Route.class,
        DelaySummary.class,
        DepartureRun.class,
        ResultRow.class
      })
  void typesAreSerializedFieldByField(Class<?> type) {
    assertThat(TypeInformation.of(type)).isInstanceOf(PojoTypeInfo.class);
  }

  /** The hash says where a snapshot keeps a key: it must not change. */
  @Test
  void hashOfARouteStays() {
    assertThat(new Route("LAS", "PHL")).hasSameHashCodeAs(31 * "LAS".hashCode() + "PHL".hashCode());
    assertThat(new Route("LAS", "PHL").hashCode()).isEqualTo(2_408_342);
  }
}
