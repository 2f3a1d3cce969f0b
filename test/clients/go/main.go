// The whole life of a table through the AWS SDK for Go v2: the steps of run.sh.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"reflect"
	"sort"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/dynamodbstreams"
	streamtypes "github.com/aws/aws-sdk-go-v2/service/dynamodbstreams/types"
)

var (
	table  = aws.String("client-go")
	ctx    = context.Background()
	failed = false
	c      *dynamodb.Client
	sc     *dynamodbstreams.Client
)

type item = map[string]types.AttributeValue

// got is what a step saw; it is printed when that is not what was wanted.
func step(name string, run func() (good bool, got any, err error)) {
	good, got, err := run()
	if good && err == nil {
		fmt.Printf("ok %s\n", name)
		return
	}
	failed = true
	fmt.Printf("not ok %s: %v, got %v\n", name, err, got)
}

func s(v string) types.AttributeValue { return &types.AttributeValueMemberS{Value: v} }
func n(v int) types.AttributeValue    { return &types.AttributeValueMemberN{Value: strconv.Itoa(v)} }
func key(pk string, sk int) item      { return item{"pk": s(pk), "sk": n(sk)} }

func number(v types.AttributeValue) int {
	if v, ok := v.(*types.AttributeValueMemberN); ok {
		i, _ := strconv.Atoi(v.Value)
		return i
	}
	return -1
}

func sorts(items []item) (out []int) {
	for _, i := range items {
		out = append(out, number(i["sk"]))
	}
	return
}

func numbers(from, to int) (out []int) {
	for i := from; i <= to; i++ {
		out = append(out, i)
	}
	return
}

func create() (bool, any, error) {
	_, err := c.CreateTable(ctx, &dynamodb.CreateTableInput{
		TableName:   table,
		BillingMode: types.BillingModePayPerRequest,
		AttributeDefinitions: []types.AttributeDefinition{
			{AttributeName: aws.String("pk"), AttributeType: types.ScalarAttributeTypeS},
			{AttributeName: aws.String("sk"), AttributeType: types.ScalarAttributeTypeN}},
		KeySchema: []types.KeySchemaElement{
			{AttributeName: aws.String("pk"), KeyType: types.KeyTypeHash},
			{AttributeName: aws.String("sk"), KeyType: types.KeyTypeRange}},
		StreamSpecification: &types.StreamSpecification{StreamEnabled: aws.Bool(true),
			StreamViewType: types.StreamViewTypeNewAndOldImages},
	})
	if err != nil {
		return false, nil, err
	}
	err = dynamodb.NewTableExistsWaiter(c).Wait(ctx, &dynamodb.DescribeTableInput{TableName: table}, time.Minute)
	return true, nil, err
}

func items() (bool, any, error) {
	put := key("a", 1)
	put["name"] = s("x")
	put["l"] = &types.AttributeValueMemberL{Value: []types.AttributeValue{n(1), &types.AttributeValueMemberNULL{Value: true}}}
	put["set"] = &types.AttributeValueMemberBS{Value: [][]byte{{0, 255}}}
	if _, err := c.PutItem(ctx, &dynamodb.PutItemInput{TableName: table, Item: put}); err != nil {
		return false, nil, err
	}
	g, err := c.GetItem(ctx, &dynamodb.GetItemInput{TableName: table, Key: key("a", 1), ConsistentRead: aws.Bool(true)})
	if err != nil || !reflect.DeepEqual(g.Item, put) {
		return false, g, err
	}
	u, err := c.UpdateItem(ctx, &dynamodb.UpdateItemInput{TableName: table, Key: key("a", 1),
		UpdateExpression: aws.String("ADD hits :one"), ReturnValues: types.ReturnValueUpdatedNew,
		ExpressionAttributeValues: item{":one": n(1)}})
	if err != nil {
		return false, nil, err
	}
	return reflect.DeepEqual(u.Attributes, item{"hits": n(1)}), u, nil
}

func condition() (bool, any, error) {
	_, err := c.PutItem(ctx, &dynamodb.PutItemInput{TableName: table, Item: key("a", 1),
		ConditionExpression:                 aws.String("attribute_not_exists(pk)"),
		ReturnValuesOnConditionCheckFailure: types.ReturnValuesOnConditionCheckFailureAllOld})
	var refused *types.ConditionalCheckFailedException
	if !errors.As(err, &refused) {
		return false, nil, err
	}
	return number(refused.Item["hits"]) == 1, refused.Item, nil
}

func batchWrite() (bool, any, error) {
	rounds := 0
	for _, from := range []int{2, 27} {
		var w []types.WriteRequest
		for i := from; i < from+25; i++ {
			w = append(w, types.WriteRequest{PutRequest: &types.PutRequest{Item: key("a", i)}})
		}
		for left := map[string][]types.WriteRequest{*table: w}; len(left) > 0; rounds++ {
			out, err := c.BatchWriteItem(ctx, &dynamodb.BatchWriteItemInput{RequestItems: left})
			if err != nil {
				return false, nil, err
			}
			left = out.UnprocessedItems
		}
	}
	return rounds > 2, rounds, nil
}

func batchGet() (bool, any, error) {
	var keys []item
	var seen []int
	rounds := 0
	for _, i := range numbers(1, 60) {
		keys = append(keys, key("a", i))
	}
	for left := map[string]types.KeysAndAttributes{*table: {Keys: keys}}; len(left) > 0; rounds++ {
		out, err := c.BatchGetItem(ctx, &dynamodb.BatchGetItemInput{RequestItems: left})
		if err != nil {
			return false, nil, err
		}
		seen = append(seen, sorts(out.Responses[*table])...)
		left = out.UnprocessedKeys
	}
	sort.Ints(seen)
	return rounds > 1 && reflect.DeepEqual(seen, numbers(1, 51)), seen, nil
}

func query() (bool, any, error) {
	for _, forward := range []bool{true, false} {
		p := dynamodb.NewQueryPaginator(c, &dynamodb.QueryInput{TableName: table, Limit: aws.Int32(10),
			ScanIndexForward:          aws.Bool(forward),
			KeyConditionExpression:    aws.String("pk = :p AND sk BETWEEN :a AND :b"),
			ExpressionAttributeValues: item{":p": s("a"), ":a": n(1), ":b": n(45)}})
		var seen []int
		pages := 0
		for ; p.HasMorePages(); pages++ {
			out, err := p.NextPage(ctx)
			if err != nil {
				return false, nil, err
			}
			seen = append(seen, sorts(out.Items)...)
		}
		want := numbers(1, 45)
		if !forward {
			sort.Sort(sort.Reverse(sort.IntSlice(want)))
		}
		if pages < 5 || !reflect.DeepEqual(seen, want) {
			return false, seen, nil
		}
	}
	return true, nil, nil
}

func scan() (bool, any, error) {
	var seen []int
	pages := 0
	for segment := int32(0); segment < 4; segment++ {
		p := dynamodb.NewScanPaginator(c, &dynamodb.ScanInput{TableName: table, Limit: aws.Int32(20),
			Segment: aws.Int32(segment), TotalSegments: aws.Int32(4)})
		for ; p.HasMorePages(); pages++ {
			out, err := p.NextPage(ctx)
			if err != nil {
				return false, nil, err
			}
			seen = append(seen, sorts(out.Items)...)
		}
	}
	sort.Ints(seen)
	return pages > 4 && reflect.DeepEqual(seen, numbers(1, 51)), seen, nil
}

func throttled() (bool, any, error) {
	out, err := c.DeleteItem(ctx, &dynamodb.DeleteItemInput{TableName: table, Key: key("a", 51),
		ReturnValues: types.ReturnValueAllOld})
	if err != nil {
		return false, nil, err
	}
	attempts, _ := retry.GetAttemptResults(out.ResultMetadata)
	return len(attempts.Results) == 3 && number(out.Attributes["sk"]) == 51, out, nil
}

func exists(pk string) types.TransactWriteItem {
	return types.TransactWriteItem{ConditionCheck: &types.ConditionCheck{TableName: table, Key: key(pk, 1),
		ConditionExpression: aws.String("attribute_exists(pk)")}}
}

func transaction() (bool, any, error) {
	_, err := c.TransactWriteItems(ctx, &dynamodb.TransactWriteItemsInput{TransactItems: []types.TransactWriteItem{
		{Put: &types.Put{TableName: table, Item: key("t", 1)}},
		{Delete: &types.Delete{TableName: table, Key: key("a", 50)}}, exists("a")}})
	if err != nil {
		return false, nil, err
	}
	out, err := c.TransactGetItems(ctx, &dynamodb.TransactGetItemsInput{TransactItems: []types.TransactGetItem{
		{Get: &types.Get{TableName: table, Key: key("t", 1)}},
		{Get: &types.Get{TableName: table, Key: key("a", 50)}}}})
	if err != nil {
		return false, nil, err
	}
	return len(out.Responses) == 2 && len(out.Responses[0].Item) == 2 && out.Responses[1].Item == nil, out, nil
}

func cancelled() (bool, any, error) {
	_, err := c.TransactWriteItems(ctx, &dynamodb.TransactWriteItemsInput{TransactItems: []types.TransactWriteItem{
		{Put: &types.Put{TableName: table, Item: key("t", 2)}}, exists("none")}})
	var e *types.TransactionCanceledException
	if !errors.As(err, &e) || len(e.CancellationReasons) != 2 {
		return false, nil, err
	}
	g, err := c.GetItem(ctx, &dynamodb.GetItemInput{TableName: table, Key: key("t", 2)})
	return *e.CancellationReasons[0].Code == "None" && g.Item == nil &&
		*e.CancellationReasons[1].Code == "ConditionalCheckFailed", e, err
}

func partiql() (bool, any, error) {
	p := dynamodb.ExecuteStatementInput{Statement: aws.String(`SELECT sk FROM "` + *table + `" WHERE pk = ?`),
		Parameters: []types.AttributeValue{s("a")}, Limit: aws.Int32(20)}
	var seen []int
	for pages := 1; ; pages++ {
		out, err := c.ExecuteStatement(ctx, &p)
		if err != nil {
			return false, nil, err
		}
		seen = append(seen, sorts(out.Items)...)
		if p.NextToken = out.NextToken; p.NextToken == nil {
			return pages > 2 && reflect.DeepEqual(seen, numbers(1, 49)), seen, nil
		}
	}
}

func hits(image map[string]streamtypes.AttributeValue) string {
	if v, ok := image["hits"].(*streamtypes.AttributeValueMemberN); ok {
		return v.Value
	}
	return "-"
}

// line says what a record is, in a few words: INSERT 1 - -
func line(r streamtypes.Record) (pk, text string) {
	sk := r.Dynamodb.Keys["sk"].(*streamtypes.AttributeValueMemberN).Value
	return r.Dynamodb.Keys["pk"].(*streamtypes.AttributeValueMemberS).Value,
		fmt.Sprintf("%s %s %s %s", r.EventName, sk, hits(r.Dynamodb.OldImage), hits(r.Dynamodb.NewImage))
}

func readShard(arn, shard *string, seen map[string][]string) error {
	it, err := sc.GetShardIterator(ctx, &dynamodbstreams.GetShardIteratorInput{StreamArn: arn,
		ShardId: shard, ShardIteratorType: streamtypes.ShardIteratorTypeTrimHorizon})
	if err != nil {
		return err
	}
	for at, more := it.ShardIterator, true; at != nil && more; {
		out, err := sc.GetRecords(ctx, &dynamodbstreams.GetRecordsInput{ShardIterator: at, Limit: aws.Int32(20)})
		if err != nil {
			return err
		}
		for _, r := range out.Records {
			pk, text := line(r)
			seen[pk] = append(seen[pk], text)
		}
		at, more = out.NextShardIterator, len(out.Records) > 0
	}
	return nil
}

func stream() (bool, any, error) {
	d, err := c.DescribeTable(ctx, &dynamodb.DescribeTableInput{TableName: table})
	if err != nil {
		return false, nil, err
	}
	ds, err := sc.DescribeStream(ctx, &dynamodbstreams.DescribeStreamInput{StreamArn: d.Table.LatestStreamArn})
	if err != nil {
		return false, nil, err
	}
	seen := map[string][]string{}
	for _, shard := range ds.StreamDescription.Shards {
		if err := readShard(d.Table.LatestStreamArn, shard.ShardId, seen); err != nil {
			return false, nil, err
		}
	}
	var batch []string
	for _, i := range numbers(2, 51) {
		batch = append(batch, fmt.Sprintf("INSERT %d - -", i))
	}
	a := seen["a"]
	if len(a) != 54 {
		return false, seen, nil
	}
	sort.Strings(batch)
	sort.Strings(a[2:52])
	want := append(append([]string{"INSERT 1 - -", "MODIFY 1 - 1"}, batch...), "REMOVE 51 - -", "REMOVE 50 - -")
	return reflect.DeepEqual(a, want) && reflect.DeepEqual(seen["t"], []string{"INSERT 1 - -"}), seen, nil
}

func index() (bool, any, error) {
	_, err := c.UpdateTable(ctx, &dynamodb.UpdateTableInput{TableName: table,
		AttributeDefinitions: []types.AttributeDefinition{{AttributeName: aws.String("hits"), AttributeType: types.ScalarAttributeTypeN}},
		GlobalSecondaryIndexUpdates: []types.GlobalSecondaryIndexUpdate{{Create: &types.CreateGlobalSecondaryIndexAction{
			IndexName:  aws.String("by-hits"),
			KeySchema:  []types.KeySchemaElement{{AttributeName: aws.String("hits"), KeyType: types.KeyTypeHash}},
			Projection: &types.Projection{ProjectionType: types.ProjectionTypeKeysOnly}}}}})
	if err != nil {
		return false, nil, err
	}
	for tries := 0; tries < 500; tries++ {
		d, err := c.DescribeTable(ctx, &dynamodb.DescribeTableInput{TableName: table})
		if err != nil || d.Table.GlobalSecondaryIndexes[0].IndexStatus == types.IndexStatusActive {
			break
		}
		time.Sleep(20 * time.Millisecond)
	}
	q, err := c.Query(ctx, &dynamodb.QueryInput{TableName: table, IndexName: aws.String("by-hits"),
		KeyConditionExpression: aws.String("hits = :h"), ExpressionAttributeValues: item{":h": n(1)}})
	if err != nil {
		return false, nil, err
	}
	return len(q.Items) == 1 && len(q.Items[0]) == 3 && number(q.Items[0]["sk"]) == 1, q.Items, nil
}

func remove() (bool, any, error) {
	if _, err := c.DeleteTable(ctx, &dynamodb.DeleteTableInput{TableName: table}); err != nil {
		return false, nil, err
	}
	err := dynamodb.NewTableNotExistsWaiter(c).Wait(ctx, &dynamodb.DescribeTableInput{TableName: table}, time.Minute)
	return true, nil, err
}

func main() {
	creds := credentials.NewStaticCredentialsProvider("local", "local", "")
	c = dynamodb.New(dynamodb.Options{Region: "us-east-1", Credentials: creds, BaseEndpoint: aws.String(os.Args[1])})
	sc = dynamodbstreams.New(dynamodbstreams.Options{Region: "us-east-1", Credentials: creds, BaseEndpoint: aws.String(os.Args[1])})
	step("table: create, wait", create)
	step("items: put, get, update", items)
	step("condition: refused, with the item", condition)
	step("batch write: what is left is sent again", batchWrite)
	step("batch get: what is left is sent again", batchGet)
	step("query: pages, forwards and backwards", query)
	step("scan: pages of segments", scan)
	step("throttled: sent again", throttled)
	step("transaction: all of it", transaction)
	step("transaction: cancelled, none of it", cancelled)
	step("PartiQL: pages", partiql)
	step("stream: every change, in order", stream)
	step("index: added, filled, queried", index)
	step("table: delete, wait", remove)
	if failed {
		os.Exit(1)
	}
}
