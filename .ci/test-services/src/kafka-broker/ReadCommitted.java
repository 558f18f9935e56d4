import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Kafka's own consumer, read committed and without a group: what a reader of a topic sees. Prints a record a line: topic, partition,
 * offset, time, key, value and headers, with tabs between them, bytes as base64 and "-" for none. Ends at the end of what is
 * stable now; with --follow, of what is stable when its standard input ends. `java -cp JARS ReadCommitted [--follow] BOOTSTRAP TOPICS`
 */
public class ReadCommitted {
  public static void main(String[] words) throws Exception {
    boolean follow = words[0].equals("--follow");
    List<String> names = Arrays.asList(words).subList(follow ? 1 : 0, words.length);
    Properties properties = new Properties();
    properties.put("bootstrap.servers", names.get(0));
    properties.put("isolation.level", "read_committed");
    properties.put("enable.auto.commit", "false");
    AtomicBoolean going = new AtomicBoolean(follow);
    if (follow) {
      Thread waiting = new Thread(() -> {
        try {
          while (System.in.read() >= 0) {}
        } catch (IOException gone) {
          // as if it had ended
        }
        going.set(false);
      });
      waiting.setDaemon(true);
      waiting.start();
    }
    ByteArrayDeserializer bytes = new ByteArrayDeserializer();
    try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(properties, bytes, bytes)) {
      List<TopicPartition> partitions =
          names.stream().skip(1)
              .flatMap(topic -> consumer.partitionsFor(topic).stream())
              .map(each -> new TopicPartition(each.topic(), each.partition()))
              .toList();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      while (going.get()) print(consumer);
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
      while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) print(consumer);
    }
  }

  private static void print(KafkaConsumer<byte[], byte[]> consumer) {
    StringBuilder out = new StringBuilder();
    consumer.poll(Duration.ofMillis(200)).forEach(record -> {
      out.append(record.topic()).append('\t').append(record.partition()).append('\t').append(record.offset()).append('\t').append(record.timestamp());
      out.append('\t').append(text(record.key())).append('\t').append(text(record.value()));
      record.headers().forEach(header -> out
          .append('\t').append(text(header.key().getBytes(StandardCharsets.UTF_8))).append(':').append(text(header.value())));
      out.append('\n');
    });
    System.out.print(out);
    System.out.flush();
  }

  private static String text(byte[] bytes) {
    return bytes == null ? "-" : Base64.getEncoder().encodeToString(bytes);
  }
}
