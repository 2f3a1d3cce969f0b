// Consume.java - a table's stream through the Kinesis Client Library 1 and the DynamoDB Streams adapter, whose
// leases are in a table of the same server: two workers, one after the other, through shards and their children.
import com.amazonaws.auth.AWSStaticCredentialsProvider;
import com.amazonaws.auth.BasicAWSCredentials;
import com.amazonaws.client.builder.AwsClientBuilder.EndpointConfiguration;
import com.amazonaws.services.cloudwatch.AmazonCloudWatchClientBuilder;
import com.amazonaws.services.dynamodbv2.AmazonDynamoDB;
import com.amazonaws.services.dynamodbv2.AmazonDynamoDBClientBuilder;
import com.amazonaws.services.dynamodbv2.AmazonDynamoDBStreams;
import com.amazonaws.services.dynamodbv2.AmazonDynamoDBStreamsClientBuilder;
import com.amazonaws.services.dynamodbv2.model.*;
import com.amazonaws.services.dynamodbv2.streamsadapter.AmazonDynamoDBStreamsAdapterClient;
import com.amazonaws.services.dynamodbv2.streamsadapter.StreamsWorkerFactory;
import com.amazonaws.services.dynamodbv2.streamsadapter.model.RecordAdapter;
import com.amazonaws.services.kinesis.clientlibrary.interfaces.IRecordProcessorCheckpointer;
import com.amazonaws.services.kinesis.clientlibrary.interfaces.v2.IRecordProcessor;
import com.amazonaws.services.kinesis.clientlibrary.lib.worker.InitialPositionInStream;
import com.amazonaws.services.kinesis.clientlibrary.lib.worker.KinesisClientLibConfiguration;
import com.amazonaws.services.kinesis.clientlibrary.lib.worker.ShutdownReason;
import com.amazonaws.services.kinesis.clientlibrary.types.InitializationInput;
import com.amazonaws.services.kinesis.clientlibrary.types.ProcessRecordsInput;
import com.amazonaws.services.kinesis.clientlibrary.types.ShutdownInput;
import com.amazonaws.services.kinesis.metrics.interfaces.MetricsLevel;
import java.math.BigInteger;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;

public class Consume {
    static final String TABLE = "consumed1", APPLICATION = "consumer1";
    static final int KEYS = 40, GENERATIONS = 5, LANES = 4;
    static final long PATIENCE_MS = 240_000;

    static int failed = 0;

    static void ok(boolean good, String what) {
        System.out.println((good ? "ok " : "not ok ") + what);
        if (!good) failed++;
    }

    /** What has arrived.  An item's changes are n = 1, 2, 3 ... and its end: each image must be the next one. */
    static class Seen {
        final Map<String, String> image = new HashMap<>();
        final Map<String, BigInteger> position = new HashMap<>();
        final Set<String> begun = new HashSet<>(), ended = new HashSet<>();
        int changes = 0, wrong = 0;

        synchronized void record(String shard, StreamRecord r) {
            String key = r.getKeys().get("p").getS(), was = n(r.getOldImage()), now = n(r.getNewImage());
            BigInteger at = new BigInteger(r.getSequenceNumber()), before = position.put(shard, at);
            String expected = image.get(key);
            changes++;
            if (before != null && before.compareTo(at) >= 0) complain(shard + ": " + before + " before " + at);
            if (expected == null ? was != null : !expected.equals(was)) complain(key + ": " + was + ", not " + expected);
            if (now != null) image.put(key, now);
            else image.remove(key);
        }

        synchronized void begin(String shard, String parent) {
            if (begun.add(shard) && parent != null && !ended.contains(parent)) complain(shard + " before its parent's end");
        }

        synchronized void end(String shard) {
            ended.add(shard); // maybe again: a new worker also takes the leases of ended shards
        }

        synchronized int[] counts() {
            return new int[] {changes, wrong, begun.size(), ended.size()};
        }

        private void complain(String what) {
            System.err.println(what);
            wrong++;
        }

        private static String n(Map<String, AttributeValue> item) {
            return item == null ? null : item.get("n").getN();
        }
    }

    static final Seen seen = new Seen();

    static class Processor implements IRecordProcessor {
        private String shard;

        @Override
        public void initialize(InitializationInput in) {
            shard = in.getShardId();
            seen.begin(shard, parents.get(shard));
        }

        @Override
        public void processRecords(ProcessRecordsInput in) {
            for (var r : in.getRecords()) seen.record(shard, ((RecordAdapter) r).getInternalObject().getDynamodb());
            if (!in.getRecords().isEmpty()) checkpoint(in.getCheckpointer());
        }

        @Override
        public void shutdown(ShutdownInput in) {
            if (in.getShutdownReason() != ShutdownReason.TERMINATE) return;
            seen.end(shard);
            checkpoint(in.getCheckpointer());
        }

        private static void checkpoint(IRecordProcessorCheckpointer c) {
            try {
                c.checkpoint();
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        }
    }

    static final Map<String, String> parents = new ConcurrentHashMap<>();
    static AmazonDynamoDB ddb;
    static AmazonDynamoDBStreams streams;
    static String arn;
    static int written = 0;

    static void createTable() {
        ddb.createTable(new CreateTableRequest().withTableName(TABLE).withBillingMode(BillingMode.PAY_PER_REQUEST)
                .withAttributeDefinitions(new AttributeDefinition("p", ScalarAttributeType.S))
                .withKeySchema(new KeySchemaElement("p", KeyType.HASH))
                .withStreamSpecification(new StreamSpecification().withStreamEnabled(true)
                        .withStreamViewType(StreamViewType.NEW_AND_OLD_IMAGES)));
        arn = ddb.describeTable(TABLE).getTable().getLatestStreamArn();
    }

    /** How often the stream's shards have gone on; remembers who is whose parent. */
    static int generations() {
        int n = 0;
        String after = null;
        do {
            StreamDescription page = streams.describeStream(
                    new DescribeStreamRequest().withStreamArn(arn).withExclusiveStartShardId(after)).getStreamDescription();
            for (Shard x : page.getShards())
                if (x.getParentShardId() != null) parents.put(x.getShardId(), x.getParentShardId());
            n += page.getShards().size();
            after = page.getLastEvaluatedShardId();
        } while (after != null);
        return n / LANES;
    }

    static Map<String, AttributeValue> key(int k) {
        return Map.of("p", new AttributeValue("k" + k));
    }

    /** Changes all items until the shards have gone on to that generation. */
    static void writeUntil(int generation) throws InterruptedException {
        do {
            for (int k = 0; k < KEYS; k++)
                ddb.updateItem(new UpdateItemRequest(TABLE, key(k), Map.of(
                        "n", new AttributeValueUpdate(new AttributeValue().withN("1"), AttributeAction.ADD))));
            written += KEYS;
            Thread.sleep(100);
        } while (generations() < generation);
    }

    static void deleteAll() {
        for (int k = 0; k < KEYS; k++) ddb.deleteItem(TABLE, key(k));
        written += KEYS;
    }

    static boolean waitFor(BooleanSupplier what) throws InterruptedException {
        long end = System.currentTimeMillis() + PATIENCE_MS;
        while (!what.getAsBoolean() && System.currentTimeMillis() < end) {
            generations();
            Thread.sleep(100);
        }
        return what.getAsBoolean();
    }

    /** A worker that is already running. */
    record Worker(com.amazonaws.services.kinesis.clientlibrary.lib.worker.Worker worker, Thread thread) {
        void stop() throws InterruptedException {
            worker.shutdown();
            thread.join(PATIENCE_MS);
        }
    }

    static Worker worker(String name, AWSStaticCredentialsProvider credentials, EndpointConfiguration endpoint) {
        var config = new KinesisClientLibConfiguration(APPLICATION, arn, credentials, name)
                .withInitialPositionInStream(InitialPositionInStream.TRIM_HORIZON)
                .withMetricsLevel(MetricsLevel.NONE)
                .withMaxRecords(100)
                .withFailoverTimeMillis(2000)
                .withShardSyncIntervalMillis(1000)
                .withParentShardPollIntervalMillis(200)
                .withIdleTimeBetweenReadsInMillis(100)
                .withTaskBackoffTimeMillis(100)
                .withCallProcessRecordsEvenForEmptyRecordList(false)
                .withRegionName("us-east-1");
        var cloudWatch = AmazonCloudWatchClientBuilder.standard().withEndpointConfiguration(endpoint)
                .withCredentials(credentials).build();
        var w = StreamsWorkerFactory.createDynamoDbStreamsWorker(
                Processor::new, config, new AmazonDynamoDBStreamsAdapterClient(streams), ddb, cloudWatch);
        Worker running = new Worker(w, new Thread(w, name));
        running.thread.start();
        return running;
    }

    public static void main(String[] args) throws Exception {
        var credentials = new AWSStaticCredentialsProvider(new BasicAWSCredentials("test", "test"));
        var endpoint = new EndpointConfiguration(args[0], "us-east-1");
        ddb = AmazonDynamoDBClientBuilder.standard().withEndpointConfiguration(endpoint).withCredentials(credentials).build();
        streams = AmazonDynamoDBStreamsClientBuilder.standard().withEndpointConfiguration(endpoint)
                .withCredentials(credentials).build();

        createTable();
        Worker first = worker("first", credentials, endpoint);
        writeUntil(GENERATIONS - 2);
        ok(waitFor(() -> seen.counts()[0] >= written && seen.counts()[3] >= LANES), "kcl1: shards are read to their ends");
        first.stop();
        ok(!first.thread.isAlive(), "kcl1: a worker stops");
        writeUntil(GENERATIONS);
        Worker second = worker("second", credentials, endpoint);
        deleteAll();
        ok(waitFor(() -> seen.counts()[0] >= written), "kcl1: another goes on where it was");
        ok(waitFor(() -> seen.counts()[3] >= (GENERATIONS - 1) * LANES), "kcl1: through " + GENERATIONS + " generations of shards");
        int[] n = seen.counts();
        ok(n[0] == written && n[1] == 0 && seen.image.isEmpty(),
                "kcl1: each once and in order: " + n[0] + " of " + written + ", " + n[1] + " wrong");
        ok(ddb.scan(new ScanRequest(APPLICATION)).getItems().stream()
                .anyMatch(r -> "SHARD_END".equals(r.get("checkpoint").getS())), "kcl1: leases of ended shards say so");
        second.stop();
        ok(!second.thread.isAlive(), "kcl1: the other worker stops");
        System.exit(failed == 0 ? 0 : 1);
    }
}
