// Consume.java - a table's stream through the Kinesis Client Library 3 and the DynamoDB Streams adapter, whose
// leases are in tables of the same server: two workers, one after the other, through shards and their children.
import com.amazonaws.services.dynamodbv2.streamsadapter.AmazonDynamoDBStreamsAdapterClient;
import com.amazonaws.services.dynamodbv2.streamsadapter.StreamsSchedulerFactory;
import com.amazonaws.services.dynamodbv2.streamsadapter.adapter.DynamoDBStreamsClientRecord;
import com.amazonaws.services.dynamodbv2.streamsadapter.model.DynamoDBStreamsProcessRecordsInput;
import com.amazonaws.services.dynamodbv2.streamsadapter.polling.DynamoDBStreamsPollingConfig;
import com.amazonaws.services.dynamodbv2.streamsadapter.processor.DynamoDBStreamsShardRecordProcessor;
import java.math.BigInteger;
import java.net.URI;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.cloudwatch.CloudWatchAsyncClient;
import software.amazon.awssdk.services.dynamodb.DynamoDbAsyncClient;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.KeyType;
import software.amazon.awssdk.services.dynamodb.model.ScalarAttributeType;
import software.amazon.awssdk.services.dynamodb.model.Shard;
import software.amazon.awssdk.services.dynamodb.model.StreamRecord;
import software.amazon.awssdk.services.dynamodb.model.StreamViewType;
import software.amazon.awssdk.services.dynamodb.streams.DynamoDbStreamsClient;
import software.amazon.kinesis.common.ConfigsBuilder;
import software.amazon.kinesis.common.InitialPositionInStream;
import software.amazon.kinesis.common.InitialPositionInStreamExtended;
import software.amazon.kinesis.coordinator.Scheduler;
import software.amazon.kinesis.lifecycle.events.InitializationInput;
import software.amazon.kinesis.lifecycle.events.LeaseLostInput;
import software.amazon.kinesis.lifecycle.events.ShardEndedInput;
import software.amazon.kinesis.lifecycle.events.ShutdownRequestedInput;
import software.amazon.kinesis.metrics.NullMetricsFactory;
import software.amazon.kinesis.processor.RecordProcessorCheckpointer;

public class Consume {
    static final String TABLE = "consumed", APPLICATION = "consumer";
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
            String key = r.keys().get("p").s(), was = n(r.oldImage()), now = n(r.newImage());
            BigInteger at = new BigInteger(r.sequenceNumber()), before = position.put(shard, at);
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
            return item == null || item.isEmpty() ? null : item.get("n").n();
        }
    }

    static final Seen seen = new Seen();

    static class Processor implements DynamoDBStreamsShardRecordProcessor {
        private String shard;

        @Override
        public void initialize(InitializationInput in) {
            shard = in.shardId();
            seen.begin(shard, parents.get(shard));
        }

        @Override
        public void processRecords(DynamoDBStreamsProcessRecordsInput in) {
            for (DynamoDBStreamsClientRecord r : in.records()) seen.record(shard, r.getRecord().dynamodb());
            if (!in.records().isEmpty()) checkpoint(in.checkpointer());
        }

        @Override
        public void leaseLost(LeaseLostInput in) {}

        @Override
        public void shardEnded(ShardEndedInput in) {
            seen.end(shard);
            checkpoint(in.checkpointer());
        }

        @Override
        public void shutdownRequested(ShutdownRequestedInput in) {
            checkpoint(in.checkpointer());
        }

        private static void checkpoint(RecordProcessorCheckpointer c) {
            try {
                c.checkpoint();
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        }
    }

    static final Map<String, String> parents = new java.util.concurrent.ConcurrentHashMap<>();
    static DynamoDbClient ddb;
    static DynamoDbStreamsClient streams;
    static DynamoDbAsyncClient leases;
    static String arn;
    static int written = 0;

    static AttributeValue s(String x) {
        return AttributeValue.fromS(x);
    }

    static void createTable() {
        ddb.createTable(b -> b.tableName(TABLE).billingMode("PAY_PER_REQUEST")
                .attributeDefinitions(a -> a.attributeName("p").attributeType(ScalarAttributeType.S))
                .keySchema(k -> k.attributeName("p").keyType(KeyType.HASH))
                .streamSpecification(x -> x.streamEnabled(true).streamViewType(StreamViewType.NEW_AND_OLD_IMAGES)));
        arn = ddb.describeTable(b -> b.tableName(TABLE)).table().latestStreamArn();
    }

    /** How often the stream's shards have gone on; remembers who is whose parent. */
    static int generations() {
        int n = 0;
        String after = null;
        do {
            String from = after;
            var page = streams.describeStream(b -> b.streamArn(arn).exclusiveStartShardId(from)).streamDescription();
            for (Shard x : page.shards())
                if (x.parentShardId() != null) parents.put(x.shardId(), x.parentShardId());
            n += page.shards().size();
            after = page.lastEvaluatedShardId();
        } while (after != null);
        return n / LANES;
    }

    /** Changes all items until the shards have gone on to that generation. */
    static void writeUntil(int generation) throws InterruptedException {
        do {
            for (int k = 0; k < KEYS; k++) {
                String key = "k" + k;
                ddb.updateItem(b -> b.tableName(TABLE).key(Map.of("p", s(key))).updateExpression("ADD n :one")
                        .expressionAttributeValues(Map.of(":one", AttributeValue.fromN("1"))));
            }
            written += KEYS;
            Thread.sleep(100);
        } while (generations() < generation);
    }

    static void deleteAll() {
        for (int k = 0; k < KEYS; k++) {
            String key = "k" + k;
            ddb.deleteItem(b -> b.tableName(TABLE).key(Map.of("p", s(key))));
        }
        written += KEYS;
    }

    static boolean waitFor(java.util.function.BooleanSupplier what) throws InterruptedException {
        long end = System.currentTimeMillis() + PATIENCE_MS;
        while (!what.getAsBoolean() && System.currentTimeMillis() < end) {
            generations();
            Thread.sleep(100);
        }
        return what.getAsBoolean();
    }

    /** A worker that is already running. */
    record Worker(Scheduler scheduler, Thread thread) {
        void stop() throws InterruptedException {
            scheduler.shutdown();
            thread.join(PATIENCE_MS);
        }
    }

    static Worker worker(String name, CloudWatchAsyncClient metrics) {
        var adapter = new AmazonDynamoDBStreamsAdapterClient(streams, Region.US_EAST_1);
        var tracker = StreamsSchedulerFactory.createSingleStreamTracker(
                arn, InitialPositionInStreamExtended.newInitialPosition(InitialPositionInStream.TRIM_HORIZON));
        var c = new ConfigsBuilder(tracker, APPLICATION, adapter, leases, metrics, name, Processor::new);
        var polling = new DynamoDBStreamsPollingConfig(adapter);
        polling.idleTimeBetweenReadsInMillis(100);
        polling.maxRecords(100);
        var retrieval = c.retrievalConfig();
        retrieval.retrievalSpecificConfig(polling);
        Scheduler scheduler = StreamsSchedulerFactory.createScheduler(
                c.checkpointConfig(),
                c.coordinatorConfig().parentShardPollIntervalMillis(200).shardConsumerDispatchPollIntervalMillis(200),
                c.leaseManagementConfig().failoverTimeMillis(2000).shardSyncIntervalMillis(0),
                c.lifecycleConfig().taskBackoffTimeMillis(100),
                c.metricsConfig().metricsFactory(new NullMetricsFactory()),
                c.processorConfig(), retrieval, adapter);
        Worker w = new Worker(scheduler, new Thread(scheduler, name));
        w.thread.start();
        return w;
    }

    public static void main(String[] args) throws Exception {
        var credentials = StaticCredentialsProvider.create(AwsBasicCredentials.create("test", "test"));
        URI url = URI.create(args[0]);
        ddb = DynamoDbClient.builder().endpointOverride(url).region(Region.US_EAST_1).credentialsProvider(credentials)
                .build();
        streams = DynamoDbStreamsClient.builder().endpointOverride(url).region(Region.US_EAST_1)
                .credentialsProvider(credentials).build();
        leases = DynamoDbAsyncClient.builder().endpointOverride(url).region(Region.US_EAST_1)
                .credentialsProvider(credentials).build();
        var metrics = CloudWatchAsyncClient.builder().endpointOverride(url).region(Region.US_EAST_1)
                .credentialsProvider(credentials).build();

        createTable();
        Worker first = worker("first", metrics);
        writeUntil(GENERATIONS - 2);
        ok(waitFor(() -> seen.counts()[0] >= written && seen.counts()[3] >= LANES), "kcl3: shards are read to their ends");
        first.stop();
        ok(!first.thread.isAlive(), "kcl3: a worker stops");
        writeUntil(GENERATIONS);
        Worker second = worker("second", metrics);
        deleteAll();
        ok(waitFor(() -> seen.counts()[0] >= written), "kcl3: another goes on where it was");
        ok(waitFor(() -> seen.counts()[3] >= (GENERATIONS - 1) * LANES), "kcl3: through " + GENERATIONS + " generations of shards");
        int[] n = seen.counts();
        ok(n[0] == written && n[1] == 0 && seen.image.isEmpty(),
                "kcl3: each once and in order: " + n[0] + " of " + written + ", " + n[1] + " wrong");
        List<Map<String, AttributeValue>> rows = ddb.scan(b -> b.tableName(APPLICATION)).items();
        ok(rows.stream().anyMatch(r -> "SHARD_END".equals(r.get("checkpoint").s())), "kcl3: leases of ended shards say so");
        second.stop();
        ok(!second.thread.isAlive(), "kcl3: the other worker stops");
        System.exit(failed == 0 ? 0 : 1);
    }
}
