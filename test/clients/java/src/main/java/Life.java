import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.*;
import software.amazon.awssdk.services.dynamodb.streams.DynamoDbStreamsClient;

/** The whole life of a table through the AWS SDK for Java v2. Prints "ok NAME" or "not ok NAME: why". */
public final class Life {
    private static final String TABLE = "client-java";
    private static boolean failed = false;

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
        c.waiter().waitUntilTableExists(b -> b.tableName(TABLE));
        return true;
    }

    private static boolean items(DynamoDbClient c) {
        c.putItem(b -> b.tableName(TABLE).item(key("a", 1)));
        UpdateItemResponse u = c.updateItem(b -> b.tableName(TABLE).key(key("a", 1)).updateExpression("ADD hits :one")
            .expressionAttributeValues(Map.of(":one", n(1))).returnValues(ReturnValue.UPDATED_NEW));
        return u.attributes().get("hits").n().equals("1")
            && c.getItem(b -> b.tableName(TABLE).key(key("a", 1)).consistentRead(true)).item().size() == 3;
    }

    private static boolean condition(DynamoDbClient c) {
        try {
            c.putItem(b -> b.tableName(TABLE).item(key("a", 1)).conditionExpression("attribute_not_exists(pk)"));
            return false;
        } catch (ConditionalCheckFailedException e) {
            return true;
        }
    }

    private static boolean batch(DynamoDbClient c) {
        for (int from = 2; from < 52; from += 25) {
            List<WriteRequest> requests = new ArrayList<>();
            for (int i = from; i < from + 25; i++) {
                PutRequest put = PutRequest.builder().item(key("a", i)).build();
                requests.add(WriteRequest.builder().putRequest(put).build());
            }
            Map<String, List<WriteRequest>> left = Map.of(TABLE, requests);
            while (!left.isEmpty()) {
                Map<String, List<WriteRequest>> now = left;
                left = c.batchWriteItem(b -> b.requestItems(now)).unprocessedItems();
            }
        }
        return true;
    }

    private static boolean pages(DynamoDbClient c) {
        int count = 0, pages = 0;
        for (QueryResponse page : c.queryPaginator(b -> b.tableName(TABLE).limit(10)
            .keyConditionExpression("pk = :p AND sk BETWEEN :a AND :b")
            .expressionAttributeValues(Map.of(":p", s("a"), ":a", n(1), ":b", n(45))))) {
            count += page.count();
            pages++;
        }
        return count == 45 && pages >= 5;
    }

    private static boolean transactions(DynamoDbClient c) {
        c.transactWriteItems(b -> b.transactItems(t -> t.put(p -> p.tableName(TABLE).item(key("t", 1)))));
        try {
            c.transactWriteItems(b -> b.transactItems(
                t -> t.put(p -> p.tableName(TABLE).item(key("t", 2))),
                t -> t.conditionCheck(p -> p.tableName(TABLE).key(key("none", 1)).conditionExpression("attribute_exists(pk)"))));
            return false;
        } catch (TransactionCanceledException e) {
            if (!e.cancellationReasons().get(1).code().equals("ConditionalCheckFailed")) return false;
        }
        TransactGetItemsResponse out = c.transactGetItems(b -> b.transactItems(
            t -> t.get(g -> g.tableName(TABLE).key(key("t", 1))), t -> t.get(g -> g.tableName(TABLE).key(key("t", 2)))));
        return out.responses().get(0).hasItem() && !out.responses().get(1).hasItem();
    }

    private static boolean stream(DynamoDbClient c, DynamoDbStreamsClient streams) {
        String arn = c.describeTable(b -> b.tableName(TABLE)).table().latestStreamArn();
        int records = 0;
        for (Shard shard : streams.describeStream(b -> b.streamArn(arn)).streamDescription().shards()) {
            String at = streams.getShardIterator(b -> b.streamArn(arn).shardId(shard.shardId())
                .shardIteratorType(ShardIteratorType.TRIM_HORIZON)).shardIterator();
            for (int tries = 0; at != null && tries < 20; tries++) {
                String now = at;
                GetRecordsResponse out = streams.getRecords(b -> b.shardIterator(now));
                records += out.records().size();
                at = out.records().isEmpty() ? null : out.nextShardIterator();
            }
        }
        return records == 53;
    }

    public static void main(String[] args) {
        StaticCredentialsProvider who = StaticCredentialsProvider.create(AwsBasicCredentials.create("local", "local"));
        try (DynamoDbClient c = DynamoDbClient.builder().endpointOverride(URI.create(args[0])).region(Region.US_EAST_1)
                 .credentialsProvider(who).httpClientBuilder(UrlConnectionHttpClient.builder()).build();
             DynamoDbStreamsClient streams = DynamoDbStreamsClient.builder().endpointOverride(URI.create(args[0]))
                 .region(Region.US_EAST_1).credentialsProvider(who)
                 .httpClientBuilder(UrlConnectionHttpClient.builder()).build()) {
            step("CreateTable and waiter", () -> create(c));
            step("PutItem, UpdateItem, GetItem", () -> items(c));
            step("a condition refuses", () -> condition(c));
            step("BatchWriteItem", () -> batch(c));
            step("Query pages", () -> pages(c));
            step("transactions", () -> transactions(c));
            step("stream: one record for each change", () -> stream(c, streams));
            step("DeleteTable", () -> c.deleteTable(b -> b.tableName(TABLE)) != null);
        }
        System.exit(failed ? 1 : 0);
    }
}
