// The whole life of a table through the AWS SDK for Go v2.  Prints "ok NAME" or
// "not ok NAME: why" for each step.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/dynamodbstreams"
	streamtypes "github.com/aws/aws-sdk-go-v2/service/dynamodbstreams/types"
)

const table = "client-go"

var failed = false

func check(name string, err error) {
	if err != nil {
		failed = true
		fmt.Printf("not ok %s: %v\n", name, err)
		return
	}
	fmt.Printf("ok %s\n", name)
}

func want(name string, good bool, got any) {
	if !good {
		check(name, fmt.Errorf("got %v", got))
		return
	}
	check(name, nil)
}

func s(v string) types.AttributeValue { return &types.AttributeValueMemberS{Value: v} }
func n(v string) types.AttributeValue { return &types.AttributeValueMemberN{Value: v} }

type item = map[string]types.AttributeValue

func key(pk, sk string) item { return item{"pk": s(pk), "sk": n(sk)} }

func create(ctx context.Context, c *dynamodb.Client) {
	_, err := c.CreateTable(ctx, &dynamodb.CreateTableInput{
		TableName:   aws.String(table),
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
	check("CreateTable", err)
	err = dynamodb.NewTableExistsWaiter(c).Wait(ctx,
		&dynamodb.DescribeTableInput{TableName: aws.String(table)}, time.Minute)
	check("waiter", err)
}

func items(ctx context.Context, c *dynamodb.Client) {
	_, err := c.PutItem(ctx, &dynamodb.PutItemInput{TableName: aws.String(table),
		Item: item{"pk": s("a"), "sk": n("1"), "name": s("x"), "l": &types.AttributeValueMemberL{Value: []types.AttributeValue{n("1"), &types.AttributeValueMemberNULL{Value: true}}}}})
	check("PutItem", err)
	g, err := c.GetItem(ctx, &dynamodb.GetItemInput{TableName: aws.String(table), Key: key("a", "1"), ConsistentRead: aws.Bool(true)})
	check("GetItem", err)
	if err == nil {
		want("GetItem: all attributes", len(g.Item) == 4, g.Item)
	}
	u, err := c.UpdateItem(ctx, &dynamodb.UpdateItemInput{TableName: aws.String(table), Key: key("a", "1"),
		UpdateExpression: aws.String("ADD hits :one"), ReturnValues: types.ReturnValueUpdatedNew,
		ExpressionAttributeValues: item{":one": n("1")}})
	check("UpdateItem", err)
	if err == nil {
		want("UpdateItem: the new value", u.Attributes["hits"].(*types.AttributeValueMemberN).Value == "1", u.Attributes)
	}
	_, err = c.PutItem(ctx, &dynamodb.PutItemInput{TableName: aws.String(table), Item: key("a", "1"),
		ConditionExpression: aws.String("attribute_not_exists(pk)")})
	var refused *types.ConditionalCheckFailedException
	want("condition refuses", errors.As(err, &refused), err)
}

func batchesAndPages(ctx context.Context, c *dynamodb.Client) {
	for from := 2; from < 52; from += 25 {
		var w []types.WriteRequest
		for i := from; i < from+25; i++ {
			w = append(w, types.WriteRequest{PutRequest: &types.PutRequest{Item: key("a", fmt.Sprint(i))}})
		}
		left := map[string][]types.WriteRequest{table: w}
		for len(left) > 0 {
			out, err := c.BatchWriteItem(ctx, &dynamodb.BatchWriteItemInput{RequestItems: left})
			if err != nil {
				check("BatchWriteItem", err)
				return
			}
			left = out.UnprocessedItems
		}
	}
	check("BatchWriteItem", nil)
	pages, count := 0, 0
	p := dynamodb.NewQueryPaginator(c, &dynamodb.QueryInput{TableName: aws.String(table), Limit: aws.Int32(10),
		KeyConditionExpression:    aws.String("pk = :p AND sk BETWEEN :a AND :b"),
		ExpressionAttributeValues: item{":p": s("a"), ":a": n("1"), ":b": n("45")}})
	for p.HasMorePages() {
		out, err := p.NextPage(ctx)
		if err != nil {
			check("Query pages", err)
			return
		}
		pages++
		count += int(out.Count)
	}
	want("Query pages", count == 45 && pages >= 5, []int{count, pages})
	total := 0
	for segment := int32(0); segment < 4; segment++ {
		out, err := c.Scan(ctx, &dynamodb.ScanInput{TableName: aws.String(table), Segment: aws.Int32(segment), TotalSegments: aws.Int32(4)})
		if err != nil {
			check("Scan segments", err)
			return
		}
		total += int(out.Count)
	}
	want("Scan segments", total == 51, total)
}

func transactions(ctx context.Context, c *dynamodb.Client) {
	_, err := c.TransactWriteItems(ctx, &dynamodb.TransactWriteItemsInput{TransactItems: []types.TransactWriteItem{
		{Put: &types.Put{TableName: aws.String(table), Item: key("t", "1")}},
		{ConditionCheck: &types.ConditionCheck{TableName: aws.String(table), Key: key("a", "1"), ConditionExpression: aws.String("attribute_exists(pk)")}}}})
	check("TransactWriteItems", err)
	_, err = c.TransactWriteItems(ctx, &dynamodb.TransactWriteItemsInput{TransactItems: []types.TransactWriteItem{
		{Put: &types.Put{TableName: aws.String(table), Item: key("t", "2")}},
		{ConditionCheck: &types.ConditionCheck{TableName: aws.String(table), Key: key("none", "1"), ConditionExpression: aws.String("attribute_exists(pk)")}}}})
	var canceled *types.TransactionCanceledException
	want("a transaction is cancelled", errors.As(err, &canceled) && len(canceled.CancellationReasons) == 2 &&
		*canceled.CancellationReasons[1].Code == "ConditionalCheckFailed", err)
	out, err := c.TransactGetItems(ctx, &dynamodb.TransactGetItemsInput{TransactItems: []types.TransactGetItem{
		{Get: &types.Get{TableName: aws.String(table), Key: key("t", "1")}},
		{Get: &types.Get{TableName: aws.String(table), Key: key("t", "2")}}}})
	check("TransactGetItems", err)
	if err == nil {
		want("TransactGetItems: all or nothing", len(out.Responses[0].Item) == 2 && len(out.Responses[1].Item) == 0, out.Responses)
	}
	st, err := c.ExecuteStatement(ctx, &dynamodb.ExecuteStatementInput{Statement: aws.String(`SELECT * FROM "` + table + `" WHERE pk = ? AND sk = 1`), Parameters: []types.AttributeValue{s("t")}})
	check("ExecuteStatement", err)
	if err == nil {
		want("ExecuteStatement: the item", len(st.Items) == 1, st.Items)
	}
}

func streams(ctx context.Context, c *dynamodb.Client, sc *dynamodbstreams.Client) {
	d, err := c.DescribeTable(ctx, &dynamodb.DescribeTableInput{TableName: aws.String(table)})
	if err != nil || d.Table.LatestStreamArn == nil {
		check("stream", fmt.Errorf("no stream: %v", err))
		return
	}
	ds, err := sc.DescribeStream(ctx, &dynamodbstreams.DescribeStreamInput{StreamArn: d.Table.LatestStreamArn})
	if err != nil {
		check("DescribeStream", err)
		return
	}
	records := 0
	for _, shard := range ds.StreamDescription.Shards {
		it, err := sc.GetShardIterator(ctx, &dynamodbstreams.GetShardIteratorInput{StreamArn: d.Table.LatestStreamArn,
			ShardId: shard.ShardId, ShardIteratorType: streamtypes.ShardIteratorTypeTrimHorizon})
		if err != nil {
			check("GetShardIterator", err)
			return
		}
		for at, tries := it.ShardIterator, 0; at != nil && tries < 20; tries++ {
			out, err := sc.GetRecords(ctx, &dynamodbstreams.GetRecordsInput{ShardIterator: at})
			if err != nil {
				check("GetRecords", err)
				return
			}
			records += len(out.Records)
			if len(out.Records) == 0 {
				break
			}
			at = out.NextShardIterator
		}
	}
	want("stream: one record for each change", records == 53, records)
}

func main() {
	ctx := context.Background()
	creds := credentials.NewStaticCredentialsProvider("local", "local", "")
	c := dynamodb.New(dynamodb.Options{Region: "us-east-1", Credentials: creds, BaseEndpoint: aws.String(os.Args[1])})
	sc := dynamodbstreams.New(dynamodbstreams.Options{Region: "us-east-1", Credentials: creds, BaseEndpoint: aws.String(os.Args[1])})
	create(ctx, c)
	items(ctx, c)
	batchesAndPages(ctx, c)
	transactions(ctx, c)
	streams(ctx, c, sc)
	_, err := c.DeleteTable(ctx, &dynamodb.DeleteTableInput{TableName: aws.String(table)})
	check("DeleteTable", err)
	if failed {
		os.Exit(1)
	}
}
