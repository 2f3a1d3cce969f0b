//! The whole life of a table through the AWS SDK for Rust.  Prints "ok NAME" or
//! "not ok NAME: why" for each step.
use aws_sdk_dynamodb::config::{BehaviorVersion, Credentials, Region};
use aws_sdk_dynamodb::types::{
    AttributeDefinition, AttributeValue, BillingMode, ConditionCheck, Get, KeySchemaElement, KeyType, Put, PutRequest,
    ReturnValue, ScalarAttributeType, StreamSpecification, StreamViewType, TransactGetItem, TransactWriteItem, WriteRequest,
};
use aws_sdk_dynamodb::{Client, Config};
use aws_sdk_dynamodbstreams::types::ShardIteratorType;
use std::collections::HashMap;
use std::error::Error;

const TABLE: &str = "client-rust";
type Outcome = Result<bool, Box<dyn Error>>;

fn s(v: &str) -> AttributeValue {
    AttributeValue::S(v.into())
}

fn n(v: i64) -> AttributeValue {
    AttributeValue::N(v.to_string())
}

fn key(pk: &str, sk: i64) -> HashMap<String, AttributeValue> {
    HashMap::from([("pk".into(), s(pk)), ("sk".into(), n(sk))])
}

fn definition(name: &str, t: ScalarAttributeType) -> AttributeDefinition {
    AttributeDefinition::builder().attribute_name(name).attribute_type(t).build().unwrap()
}

fn element(name: &str, t: KeyType) -> KeySchemaElement {
    KeySchemaElement::builder().attribute_name(name).key_type(t).build().unwrap()
}

async fn create(c: &Client) -> Outcome {
    c.create_table()
        .table_name(TABLE)
        .billing_mode(BillingMode::PayPerRequest)
        .attribute_definitions(definition("pk", ScalarAttributeType::S))
        .attribute_definitions(definition("sk", ScalarAttributeType::N))
        .key_schema(element("pk", KeyType::Hash))
        .key_schema(element("sk", KeyType::Range))
        .stream_specification(
            StreamSpecification::builder().stream_enabled(true).stream_view_type(StreamViewType::NewImage).build()?,
        )
        .send()
        .await?;
    Ok(true)
}

async fn items(c: &Client) -> Outcome {
    c.put_item().table_name(TABLE).set_item(Some(key("a", 1))).send().await?;
    let u = c
        .update_item()
        .table_name(TABLE)
        .set_key(Some(key("a", 1)))
        .update_expression("ADD hits :one")
        .expression_attribute_values(":one", n(1))
        .return_values(ReturnValue::UpdatedNew)
        .send()
        .await?;
    let g = c.get_item().table_name(TABLE).set_key(Some(key("a", 1))).send().await?;
    Ok(u.attributes().and_then(|a| a.get("hits")) == Some(&n(1)) && g.item().map(|i| i.len()) == Some(3))
}

async fn condition(c: &Client) -> Outcome {
    let r = c
        .put_item()
        .table_name(TABLE)
        .set_item(Some(key("a", 1)))
        .condition_expression("attribute_not_exists(pk)")
        .send()
        .await;
    Ok(r.err().and_then(|e| e.into_service_error().is_conditional_check_failed_exception().then_some(())).is_some())
}

async fn batch(c: &Client) -> Outcome {
    for from in [2, 27] {
        let requests = (from..from + 25)
            .map(|i| {
                let put = PutRequest::builder().set_item(Some(key("a", i))).build().unwrap();
                WriteRequest::builder().put_request(put).build()
            })
            .collect::<Vec<_>>();
        let mut left = HashMap::from([(TABLE.to_string(), requests)]);
        while !left.is_empty() {
            let out = c.batch_write_item().set_request_items(Some(left)).send().await?;
            left = out.unprocessed_items().cloned().unwrap_or_default();
        }
    }
    Ok(true)
}

async fn pages(c: &Client) -> Outcome {
    let mut p = c
        .query()
        .table_name(TABLE)
        .key_condition_expression("pk = :p AND sk BETWEEN :a AND :b")
        .expression_attribute_values(":p", s("a"))
        .expression_attribute_values(":a", n(1))
        .expression_attribute_values(":b", n(45))
        .limit(10)
        .into_paginator()
        .send();
    let (mut count, mut pages) = (0, 0);
    while let Some(page) = p.next().await {
        count += page?.count();
        pages += 1;
    }
    Ok(count == 45 && pages >= 5)
}

async fn transactions(c: &Client) -> Outcome {
    let put = |sk| {
        let put = Put::builder().table_name(TABLE).set_item(Some(key("t", sk))).build().unwrap();
        TransactWriteItem::builder().put(put).build()
    };
    let check = ConditionCheck::builder()
        .table_name(TABLE)
        .set_key(Some(key("none", 1)))
        .condition_expression("attribute_exists(pk)")
        .build()?;
    c.transact_write_items().transact_items(put(1)).send().await?;
    let r = c
        .transact_write_items()
        .transact_items(put(2))
        .transact_items(TransactWriteItem::builder().condition_check(check).build())
        .send()
        .await;
    let cancelled = r.err().map(|e| e.into_service_error().is_transaction_canceled_exception()) == Some(true);
    let get = |sk| {
        let get = Get::builder().table_name(TABLE).set_key(Some(key("t", sk))).build().unwrap();
        TransactGetItem::builder().get(get).build()
    };
    let out = c.transact_get_items().transact_items(get(1)).transact_items(get(2)).send().await?;
    Ok(cancelled && out.responses()[0].item().is_some() && out.responses()[1].item().is_none())
}

async fn streams(c: &Client, sc: &aws_sdk_dynamodbstreams::Client) -> Outcome {
    let table = c.describe_table().table_name(TABLE).send().await?;
    let arn = table.table().and_then(|t| t.latest_stream_arn()).ok_or("no stream")?.to_string();
    let described = sc.describe_stream().stream_arn(&arn).send().await?;
    let mut records = 0;
    for shard in described.stream_description().ok_or("no description")?.shards() {
        let mut at = sc
            .get_shard_iterator()
            .stream_arn(&arn)
            .shard_id(shard.shard_id().unwrap_or_default())
            .shard_iterator_type(ShardIteratorType::TrimHorizon)
            .send()
            .await?
            .shard_iterator;
        for _ in 0..20 {
            let Some(it) = at else { break };
            let out = sc.get_records().shard_iterator(it).send().await?;
            records += out.records().len();
            at = if out.records().is_empty() { None } else { out.next_shard_iterator };
        }
    }
    Ok(records == 53)
}

fn report(name: &str, o: Outcome) -> bool {
    match o {
        Ok(true) => println!("ok {name}"),
        Ok(false) => println!("not ok {name}: the answer is not what was expected"),
        Err(ref e) => println!("not ok {name}: {e:?}"),
    }
    matches!(o, Ok(true))
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let url = std::env::args().nth(1).expect("an endpoint");
    let credentials = Credentials::new("local", "local", None, None, "test");
    let c = Client::from_conf(
        Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new("us-east-1"))
            .endpoint_url(&url)
            .credentials_provider(credentials.clone())
            .build(),
    );
    let sc = aws_sdk_dynamodbstreams::Client::from_conf(
        aws_sdk_dynamodbstreams::Config::builder()
            .behavior_version(aws_sdk_dynamodbstreams::config::BehaviorVersion::latest())
            .region(aws_sdk_dynamodbstreams::config::Region::new("us-east-1"))
            .endpoint_url(&url)
            .credentials_provider(credentials)
            .build(),
    );
    let mut good = report("CreateTable", create(&c).await);
    good &= report("PutItem, UpdateItem, GetItem", items(&c).await);
    good &= report("a condition refuses", condition(&c).await);
    good &= report("BatchWriteItem", batch(&c).await);
    good &= report("Query pages", pages(&c).await);
    good &= report("transactions", transactions(&c).await);
    good &= report("stream: one record for each change", streams(&c, &sc).await);
    let gone = c.delete_table().table_name(TABLE).send().await;
    good &= report("DeleteTable", gone.map(|_| true).map_err(|e| e.into()));
    std::process::exit(if good { 0 } else { 1 });
}
