import java.net.URI;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.*;
import software.amazon.awssdk.services.dynamodb.model.Record;
import software.amazon.awssdk.services.dynamodb.streams.DynamoDbStreamsClient;

/** The whole life of a table through the AWS SDK for Java v2: the steps of run.sh. */
public final class Life {
    private static final String TABLE = "client-java";
    private static boolean failed = false;

    /** Counts what goes over the wire. */
    private static final class Attempts implements ExecutionInterceptor {
        static final AtomicInteger sent = new AtomicInteger();

        @Override
        public void beforeTransmission(Context.BeforeTransmission context, ExecutionAttributes attributes) {
            sent.incrementAndGet();
        }
    }

    private interface Step {
        boolean run() throws Exception;
    }

    private static void step(String name, Step s) {
        try {
            if (!s.run()) throw new IllegalStateException("the answer is not what was expected");
            System.out.println("ok " + name);
        } catch (Exception e) {
            failed = true;
            System.out.println("not ok " + name + ": " + e);
        }
    }

    private static AttributeValue s(String v) {
        return AttributeValue.fromS(v);
    }

    private static AttributeValue n(int v) {
        return AttributeValue.fromN(Integer.toString(v));
    }

    private static Map<String, AttributeValue> key(String pk, int sk) {
        return Map.of("pk", s(pk), "sk", n(sk));
    }

    private static int sk(Map<String, AttributeValue> item) {
        return Integer.parseInt(item.get("sk").n());
    }

    private static List<Integer> numbers(int from, int to) {
        return IntStream.rangeClosed(from, to).boxed().collect(Collectors.toList());
    }

    private static AttributeDefinition definition(String name, ScalarAttributeType t) {
        return AttributeDefinition.builder().attributeName(name).attributeType(t).build();
    }

    private static KeySchemaElement element(String name, KeyType t) {
        return KeySchemaElement.builder().attributeName(name).keyType(t).build();
    }

    private static boolean create(DynamoDbClient c) {
        c.createTable(b -> b.tableName(TABLE).billingMode(BillingMode.PAY_PER_REQUEST)
            .attributeDefinitions(definition("pk", ScalarAttributeType.S), definition("sk", ScalarAttributeType.N))
            .keySchema(element("pk", KeyType.HASH), element("sk", KeyType.RANGE))
            .streamSpecification(x -> x.streamEnabled(true).streamViewType(StreamViewType.NEW_AND_OLD_IMAGES)));
        return c.waiter().waitUntilTableExists(b -> b.tableName(TABLE)).matched().response().isPresent();
    }

    private static boolean items(DynamoDbClient c) {
        Map<String, AttributeValue> put = new HashMap<>(key("a", 1));
        put.put("l", AttributeValue.fromL(List.of(n(1), AttributeValue.fromNul(true), AttributeValue.fromBool(false))));
        put.put("set", AttributeValue.fromBs(List.of(SdkBytes.fromByteArray(new byte[] {0, -1}))));
        c.putItem(b -> b.tableName(TABLE).item(put));
        GetItemResponse got = c.getItem(b -> b.tableName(TABLE).key(key("a", 1)).consistentRead(true));
        UpdateItemResponse u = c.updateItem(b -> b.tableName(TABLE).key(key("a", 1)).updateExpression("ADD hits :one")
            .expressionAttributeValues(Map.of(":one", n(1))).returnValues(ReturnValue.UPDATED_NEW));
        return got.item().equals(put) && u.attributes().equals(Map.of("hits", n(1)));
    }

    private static boolean condition(DynamoDbClient c) {
        try {
            c.putItem(b -> b.tableName(TABLE).item(key("a", 1)).conditionExpression("attribute_not_exists(pk)")
                .returnValuesOnConditionCheckFailure(ReturnValuesOnConditionCheckFailure.ALL_OLD));
            return false;
        } catch (ConditionalCheckFailedException e) {
            return e.item().get("hits").equals(n(1));
        }
    }

    private static boolean batchWrite(DynamoDbClient c) {
        int rounds = 0;
        for (int from = 2; from < 52; from += 25) {
            List<WriteRequest> requests = numbers(from, from + 24).stream()
                .map(i -> WriteRequest.builder().putRequest(p -> p.item(key("a", i))).build())
                .collect(Collectors.toList());
            Map<String, List<WriteRequest>> left = Map.of(TABLE, requests);
            for (; !left.isEmpty(); rounds++) {
                Map<String, List<WriteRequest>> now = left;
                left = c.batchWriteItem(b -> b.requestItems(now)).unprocessedItems();
            }
        }
        return rounds > 2;
    }

    private static boolean batchGet(DynamoDbClient c) {
        List<Integer> seen = new ArrayList<>();
        List<Map<String, AttributeValue>> keys = numbers(1, 60).stream().map(i -> key("a", i)).collect(Collectors.toList());
        int rounds = 0;
        for (BatchGetItemResponse page :
             c.batchGetItemPaginator(b -> b.requestItems(Map.of(TABLE, KeysAndAttributes.builder().keys(keys).build())))) {
            page.responses().getOrDefault(TABLE, List.of()).forEach(i -> seen.add(sk(i)));
            rounds++;
        }
        seen.sort(null);
        return rounds > 1 && seen.equals(numbers(1, 51));
    }

    private static boolean query(DynamoDbClient c) {
        for (boolean forward : new boolean[] {true, false}) {
            List<Integer> seen = new ArrayList<>();
            int pages = 0;
            for (QueryResponse page : c.queryPaginator(b -> b.tableName(TABLE).limit(10).scanIndexForward(forward)
                .keyConditionExpression("pk = :p AND sk BETWEEN :a AND :b")
                .expressionAttributeValues(Map.of(":p", s("a"), ":a", n(1), ":b", n(45))))) {
                page.items().forEach(i -> seen.add(forward ? sk(i) : 46 - sk(i)));
                pages++;
            }
            if (pages < 5 || !seen.equals(numbers(1, 45))) return false;
        }
        return true;
    }

    private static boolean scan(DynamoDbClient c) {
        List<Integer> seen = new ArrayList<>();
        int pages = 0;
        for (int i = 0; i < 4; i++) {
            int segment = i;
            for (ScanResponse page : c.scanPaginator(b -> b.tableName(TABLE).limit(20).segment(segment).totalSegments(4))) {
                page.items().forEach(x -> seen.add(sk(x)));
                pages++;
            }
        }
        seen.sort(null);
        return pages > 4 && seen.equals(numbers(1, 51));
    }

    private static boolean throttled(DynamoDbClient c) {
        int before = Attempts.sent.get();
        DeleteItemResponse r = c.deleteItem(b -> b.tableName(TABLE).key(key("a", 51)).returnValues(ReturnValue.ALL_OLD));
        return sk(r.attributes()) == 51 && Attempts.sent.get() - before == 3;
    }

    private static TransactWriteItem exists(String pk) {
        return TransactWriteItem.builder()
            .conditionCheck(x -> x.tableName(TABLE).key(key(pk, 1)).conditionExpression("attribute_exists(pk)")).build();
    }

    private static TransactWriteItem put(String pk, int sk) {
        return TransactWriteItem.builder().put(p -> p.tableName(TABLE).item(key(pk, sk))).build();
    }

    private static boolean transaction(DynamoDbClient c) {
        TransactWriteItem delete =
            TransactWriteItem.builder().delete(x -> x.tableName(TABLE).key(key("a", 50))).build();
        c.transactWriteItems(b -> b.transactItems(put("t", 1), delete, exists("a")));
        List<ItemResponse> out = c.transactGetItems(b -> b.transactItems(
            t -> t.get(g -> g.tableName(TABLE).key(key("t", 1))),
            t -> t.get(g -> g.tableName(TABLE).key(key("a", 50))))).responses();
        return out.size() == 2 && out.get(0).item().equals(key("t", 1)) && !out.get(1).hasItem();
    }

    private static boolean cancelled(DynamoDbClient c) {
        try {
            c.transactWriteItems(b -> b.transactItems(put("t", 2), exists("none")));
            return false;
        } catch (TransactionCanceledException e) {
            List<String> why = e.cancellationReasons().stream().map(CancellationReason::code).collect(Collectors.toList());
            return why.equals(List.of("None", "ConditionalCheckFailed"))
                && !c.getItem(b -> b.tableName(TABLE).key(key("t", 2))).hasItem();
        }
    }

    private static boolean partiql(DynamoDbClient c) {
        List<Integer> seen = new ArrayList<>();
        String token = null;
        int pages = 0;
        do {
            String now = token;
            ExecuteStatementResponse out = c.executeStatement(b -> b.limit(20).nextToken(now).parameters(s("a"))
                .statement("SELECT sk FROM \"" + TABLE + "\" WHERE pk = ?"));
            out.items().forEach(i -> seen.add(sk(i)));
            token = out.nextToken();
            pages++;
        } while (token != null);
        return pages > 2 && seen.equals(numbers(1, 49));
    }

    private static String hits(Map<String, AttributeValue> image) {
        return image.containsKey("hits") ? image.get("hits").n() : "-";
    }

    /** What a record is, in a few words: INSERT 1 - -. */
    private static String line(Record r) {
        return r.eventNameAsString() + " " + sk(r.dynamodb().keys()) + " " + hits(r.dynamodb().oldImage()) + " "
            + hits(r.dynamodb().newImage());
    }

    private static void readShard(DynamoDbStreamsClient streams, String arn, Shard shard, Map<String, List<String>> seen) {
        String at = streams.getShardIterator(b -> b.streamArn(arn).shardId(shard.shardId())
            .shardIteratorType(ShardIteratorType.TRIM_HORIZON)).shardIterator();
        while (at != null) {
            String now = at;
            GetRecordsResponse out = streams.getRecords(b -> b.shardIterator(now).limit(20));
            for (Record r : out.records())
                seen.computeIfAbsent(r.dynamodb().keys().get("pk").s(), k -> new ArrayList<>()).add(line(r));
            at = out.records().isEmpty() ? null : out.nextShardIterator();
        }
    }

    private static boolean stream(DynamoDbClient c, DynamoDbStreamsClient streams) {
        String arn = c.describeTable(b -> b.tableName(TABLE)).table().latestStreamArn();
        Map<String, List<String>> seen = new HashMap<>();
        for (Shard shard : streams.describeStream(b -> b.streamArn(arn)).streamDescription().shards())
            readShard(streams, arn, shard, seen);
        List<String> a = seen.get("a"), want = new ArrayList<>(List.of("INSERT 1 - -", "MODIFY 1 - 1"));
        if (a.size() != 54) return false;
        numbers(2, 51).stream().map(i -> "INSERT " + i + " - -").sorted().forEach(want::add);
        want.addAll(List.of("REMOVE 51 - -", "REMOVE 50 - -"));
        a.subList(2, 52).sort(null);
        return a.equals(want) && seen.get("t").equals(List.of("INSERT 1 - -"));
    }

    private static boolean index(DynamoDbClient c) throws InterruptedException {
        c.updateTable(b -> b.tableName(TABLE).attributeDefinitions(definition("hits", ScalarAttributeType.N))
            .globalSecondaryIndexUpdates(u -> u.create(x -> x.indexName("by-hits")
                .keySchema(element("hits", KeyType.HASH)).projection(p -> p.projectionType(ProjectionType.KEYS_ONLY)))));
        for (int tries = 0; tries < 500; tries++) {
            TableDescription t = c.describeTable(b -> b.tableName(TABLE)).table();
            if (t.globalSecondaryIndexes().get(0).indexStatus() == IndexStatus.ACTIVE) break;
            Thread.sleep(20);
        }
        List<Map<String, AttributeValue>> found = c.query(b -> b.tableName(TABLE).indexName("by-hits")
            .keyConditionExpression("hits = :h").expressionAttributeValues(Map.of(":h", n(1)))).items();
        return found.size() == 1 && found.get(0).size() == 3 && sk(found.get(0)) == 1;
    }

    private static boolean delete(DynamoDbClient c) {
        c.deleteTable(b -> b.tableName(TABLE));
        return c.waiter().waitUntilTableNotExists(b -> b.tableName(TABLE)).matched().exception().isPresent();
    }

    private static void life(DynamoDbClient c, DynamoDbStreamsClient streams) {
        step("table: create, wait", () -> create(c));
        step("items: put, get, update", () -> items(c));
        step("condition: refused, with the item", () -> condition(c));
        step("batch write: what is left is sent again", () -> batchWrite(c));
        step("batch get: what is left is sent again", () -> batchGet(c));
        step("query: pages, forwards and backwards", () -> query(c));
        step("scan: pages of segments", () -> scan(c));
        step("throttled: sent again", () -> throttled(c));
        step("transaction: all of it", () -> transaction(c));
        step("transaction: cancelled, none of it", () -> cancelled(c));
        step("PartiQL: pages", () -> partiql(c));
        step("stream: every change, in order", () -> stream(c, streams));
        step("index: added, filled, queried", () -> index(c));
        step("table: delete, wait", () -> delete(c));
    }

    public static void main(String[] args) {
        StaticCredentialsProvider who = StaticCredentialsProvider.create(AwsBasicCredentials.create("local", "local"));
        try (DynamoDbClient c = DynamoDbClient.builder().endpointOverride(URI.create(args[0])).region(Region.US_EAST_1)
                 .credentialsProvider(who).httpClientBuilder(UrlConnectionHttpClient.builder())
                 .overrideConfiguration(o -> o.addExecutionInterceptor(new Attempts())).build();
             DynamoDbStreamsClient streams = DynamoDbStreamsClient.builder().endpointOverride(URI.create(args[0]))
                 .region(Region.US_EAST_1).credentialsProvider(who)
                 .httpClientBuilder(UrlConnectionHttpClient.builder()).build()) {
            life(c, streams);
        }
        System.exit(failed ? 1 : 0);
    }
}
