package io.basalt.examples.flights.processes;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.databind.JsonNode;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.databind.ObjectMapper;

/** What the JobManager says over REST. */
final class RestApi {

  private final HttpClient client = HttpClient.newHttpClient();
  private final ObjectMapper mapper = new ObjectMapper();
  private final URI address;

  RestApi(int port) {
    this.address = URI.create("http://127.0.0.1:" + port);
  }

  /** True; or an exception, if nobody answers. */
  boolean answers() throws IOException, InterruptedException {
    return get("/overview").has("taskmanagers");
  }

  /** The state of a job, {@code RUNNING} for one. */
  String state(String job) throws IOException, InterruptedException {
    return get("/jobs/" + job).path("state").asText();
  }

  /** The failures of a job, as the web interface shows them. */
  String failures(String job) throws IOException, InterruptedException {
    return get("/jobs/" + job + "/exceptions").toString();
  }

  /** How many records the sources of a job have sent, to each of their receivers. */
  long recordsSentBySources(String job) throws IOException, InterruptedException {
    long records = 0;
    for (JsonNode vertex : get("/jobs/" + job).path("vertices")) {
      if (vertex.path("name").asText().startsWith("Source:")) {
        records += vertex.path("metrics").path("write-records").asLong();
      }
    }
    return records;
  }

  /** The TaskManagers that run a task of the job; empty while any task of it is not running. */
  Set<String> taskManagersRunning(String job) throws IOException, InterruptedException {
    Set<String> ids = new TreeSet<>();
    for (JsonNode vertex : get("/jobs/" + job).path("vertices")) {
      String tasks = "/jobs/" + job + "/vertices/" + vertex.path("id").asText();
      for (JsonNode task : get(tasks).path("subtasks")) {
        if (!task.path("status").asText().equals("RUNNING")) {
          return Set.of();
        }
        ids.add(task.path("taskmanager-id").asText());
      }
    }
    return ids;
  }

  /** How many checkpoints of the job are complete. */
  int completedCheckpoints(String job) throws IOException, InterruptedException {
    return checkpoints(job, "completed");
  }

  /** How often the job was restored. */
  int restores(String job) throws IOException, InterruptedException {
    return checkpoints(job, "restored");
  }

  private int checkpoints(String job, String which) throws IOException, InterruptedException {
    return get("/jobs/" + job + "/checkpoints").path("counts").path(which).asInt();
  }

  /** The class of the job's backend, as the JobManager has loaded it. */
  String stateBackend(String job) throws IOException, InterruptedException {
    return get("/jobs/" + job + "/checkpoints/config").path("state_backend").asText();
  }

  private JsonNode get(String path) throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(address.resolve(path)).timeout(Duration.ofSeconds(30)).build();
    HttpResponse<String> response = client.send(request, HttpResponse.BodyHandlers.ofString());
    if (response.statusCode() != 200) {
      throw new IOException(path + ": " + response.statusCode() + " " + response.body());
    }
    return mapper.readTree(response.body());
  }
}
