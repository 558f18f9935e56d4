import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Kafka's own consumer, read committed and without a group: what a reader of a topic sees. Prints a record a line: partition,
 * offset, time, key, value and headers, with tabs between them, bytes as base64 and "-" for none. Ends at the end of what is
 * stable now. `java -cp JARS ReadCommitted.java BOOTSTRAP TOPIC`
 */
public class ReadCommitted {
  public static void main(String[] words) {
    Properties properties = new Properties();
    properties.put("bootstrap.servers", words[0]);
    properties.put("isolation.level", "read_committed");
    properties.put("enable.auto.commit", "false");
    ByteArrayDeserializer bytes = new ByteArrayDeserializer();
    StringBuilder out = new StringBuilder();
    try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(properties, bytes, bytes)) {
      List<TopicPartition> partitions =
          consumer.partitionsFor(words[1]).stream().map(each -> new TopicPartition(words[1], each.partition())).toList();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
      while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
        consumer.poll(Duration.ofMillis(200)).forEach(record -> {
          out.append(record.partition()).append('\t').append(record.offset()).append('\t').append(record.timestamp());
          out.append('\t').append(text(record.key())).append('\t').append(text(record.value()));
          record.headers().forEach(header -> out
              .append('\t').append(text(header.key().getBytes(StandardCharsets.UTF_8))).append(':').append(text(header.value())));
          out.append('\n');
        });
      }
    }
    System.out.print(out);
  }

  private static String text(byte[] bytes) {
    return bytes == null ? "-" : Base64.getEncoder().encodeToString(bytes);
  }
}
