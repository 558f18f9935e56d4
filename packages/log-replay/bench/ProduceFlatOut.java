import java.util.Properties;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Kafka's own producer as fast as it can, confirmed by all replicas: `java -cp JARS ProduceFlatOut.java BOOTSTRAP TOPIC RECORDS BYTES`.
 * Prints the seconds from the first record to the end of the flush, behind a warm-up of a tenth.
 */
public class ProduceFlatOut {
  public static void main(String[] words) {
    Properties properties = new Properties();
    properties.put("bootstrap.servers", words[0]);
    properties.put("acks", "all");
    properties.put("linger.ms", "5");
    properties.put("batch.size", "262144");
    int records = Integer.parseInt(words[2]);
    byte[] value = new byte[Integer.parseInt(words[3])];
    ByteArraySerializer bytes = new ByteArraySerializer();
    try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(properties, bytes, bytes)) {
      send(producer, words[1], records / 10, value);
      long started = System.nanoTime();
      send(producer, words[1], records, value);
      System.out.println((System.nanoTime() - started) / 1e9);
    }
  }

  private static void send(KafkaProducer<byte[], byte[]> producer, String topic, int records, byte[] value) {
    for (int n = 0; n < records; n++) producer.send(new ProducerRecord<>(topic, null, value));
    producer.flush();
  }
}
