//! The whole life of a table through the AWS SDK for Rust: the steps of run.sh.
use aws_sdk_dynamodb::client::Waiters;
use aws_sdk_dynamodb::config::interceptors::BeforeTransmitInterceptorContextRef;
use aws_sdk_dynamodb::config::{BehaviorVersion, ConfigBag, Credentials, Intercept, Region, RuntimeComponents};
use aws_sdk_dynamodb::error::BoxError;
use aws_sdk_dynamodb::operation::put_item::PutItemError;
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::{
    AttributeDefinition, AttributeValue, BillingMode, ConditionCheck, CreateGlobalSecondaryIndexAction, Delete, Get,
    GlobalSecondaryIndexUpdate, IndexStatus, KeySchemaElement, KeyType, KeysAndAttributes, Projection, ProjectionType,
    Put, PutRequest, ReturnValue, ReturnValuesOnConditionCheckFailure, ScalarAttributeType, StreamSpecification,
    StreamViewType, TransactGetItem, TransactWriteItem, WriteRequest,
};
use aws_sdk_dynamodb::{Client, Config};
use aws_sdk_dynamodbstreams::types::{AttributeValue as StreamValue, Record, ShardIteratorType};
use aws_sdk_dynamodbstreams::Client as Streams;
use std::collections::HashMap;
use std::error::Error;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

const TABLE: &str = "client-rust";
const PATIENCE: Duration = Duration::from_secs(60);
type Outcome = Result<bool, Box<dyn Error>>;
type Item = HashMap<String, AttributeValue>;

/// Counts what goes over the wire.
#[derive(Debug)]
struct Attempts;
static SENT: AtomicUsize = AtomicUsize::new(0);

impl Intercept for Attempts {
    fn name(&self) -> &'static str {
        "Attempts"
    }
    fn read_before_transmit(
        &self,
        _: &BeforeTransmitInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        SENT.fetch_add(1, Ordering::Relaxed);
        Ok(())
    }
}

fn s(v: &str) -> AttributeValue {
    AttributeValue::S(v.into())
}

fn n(v: i64) -> AttributeValue {
    AttributeValue::N(v.to_string())
}

fn key(pk: &str, sk: i64) -> Item {
    HashMap::from([("pk".into(), s(pk)), ("sk".into(), n(sk))])
}

fn sort(i: &Item) -> i64 {
    i["sk"].as_n().unwrap().parse().unwrap()
}

fn is_numbers(mut seen: Vec<i64>, from: i64, to: i64) -> bool {
    seen.sort();
    seen == (from..=to).collect::<Vec<_>>()
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
            StreamSpecification::builder()
                .stream_enabled(true)
                .stream_view_type(StreamViewType::NewAndOldImages)
                .build()?,
        )
        .send()
        .await?;
    c.wait_until_table_exists().table_name(TABLE).wait(PATIENCE).await?;
    Ok(true)
}

async fn items(c: &Client) -> Outcome {
    let mut put = key("a", 1);
    put.insert("l".into(), AttributeValue::L(vec![n(1), AttributeValue::Null(true), AttributeValue::Bool(false)]));
    put.insert("set".into(), AttributeValue::Bs(vec![Blob::new([0, 255])]));
    c.put_item().table_name(TABLE).set_item(Some(put.clone())).send().await?;
    let g = c.get_item().table_name(TABLE).set_key(Some(key("a", 1))).consistent_read(true).send().await?;
    let u = c
        .update_item()
        .table_name(TABLE)
        .set_key(Some(key("a", 1)))
        .update_expression("ADD hits :one")
        .expression_attribute_values(":one", n(1))
        .return_values(ReturnValue::UpdatedNew)
        .send()
        .await?;
    Ok(g.item == Some(put) && u.attributes == Some(HashMap::from([("hits".into(), n(1))])))
}

async fn condition(c: &Client) -> Outcome {
    let r = c
        .put_item()
        .table_name(TABLE)
        .set_item(Some(key("a", 1)))
        .condition_expression("attribute_not_exists(pk)")
        .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
        .send()
        .await;
    let PutItemError::ConditionalCheckFailedException(refused) = r.err().ok_or("not refused")?.into_service_error()
    else {
        return Err("another error".into());
    };
    Ok(refused.item().and_then(|i| i.get("hits")) == Some(&n(1)))
}

async fn batch_write(c: &Client) -> Outcome {
    let mut rounds = 0;
    for from in [2, 27] {
        let requests = (from..from + 25)
            .map(|i| {
                let put = PutRequest::builder().set_item(Some(key("a", i))).build().unwrap();
                WriteRequest::builder().put_request(put).build()
            })
            .collect::<Vec<_>>();
        let mut left = HashMap::from([(TABLE.to_string(), requests)]);
        while !left.is_empty() {
            left =
                c.batch_write_item().set_request_items(Some(left)).send().await?.unprocessed_items.unwrap_or_default();
            rounds += 1;
        }
    }
    Ok(rounds > 2)
}

async fn batch_get(c: &Client) -> Outcome {
    let (mut seen, mut rounds) = (vec![], 0);
    let keys = (1..=60).map(|i| key("a", i)).collect();
    let mut left = HashMap::from([(TABLE.to_string(), KeysAndAttributes::builder().set_keys(Some(keys)).build()?)]);
    while !left.is_empty() {
        let out = c.batch_get_item().set_request_items(Some(left)).send().await?;
        seen.extend(out.responses.unwrap_or_default().values().flatten().map(sort));
        left = out.unprocessed_keys.unwrap_or_default();
        rounds += 1;
    }
    Ok(rounds > 1 && is_numbers(seen, 1, 51))
}

async fn query(c: &Client) -> Outcome {
    for forward in [true, false] {
        let mut p = c
            .query()
            .table_name(TABLE)
            .key_condition_expression("pk = :p AND sk BETWEEN :a AND :b")
            .expression_attribute_values(":p", s("a"))
            .expression_attribute_values(":a", n(1))
            .expression_attribute_values(":b", n(45))
            .scan_index_forward(forward)
            .limit(10)
            .into_paginator()
            .send();
        let (mut seen, mut pages) = (vec![], 0);
        while let Some(page) = p.next().await {
            seen.extend(page?.items().iter().map(sort));
            pages += 1;
        }
        if !forward {
            seen.reverse();
        }
        if pages < 5 || seen != (1..=45).collect::<Vec<_>>() {
            return Ok(false);
        }
    }
    Ok(true)
}

async fn scan(c: &Client) -> Outcome {
    let (mut seen, mut pages) = (vec![], 0);
    for segment in 0..4 {
        let mut p = c.scan().table_name(TABLE).limit(20).segment(segment).total_segments(4).into_paginator().send();
        while let Some(page) = p.next().await {
            seen.extend(page?.items().iter().map(sort));
            pages += 1;
        }
    }
    Ok(pages > 4 && is_numbers(seen, 1, 51))
}

async fn throttled(c: &Client) -> Outcome {
    let before = SENT.load(Ordering::Relaxed);
    let d =
        c.delete_item().table_name(TABLE).set_key(Some(key("a", 51))).return_values(ReturnValue::AllOld).send().await?;
    Ok(d.attributes == Some(key("a", 51)) && SENT.load(Ordering::Relaxed) - before == 3)
}

fn put(sk: i64) -> TransactWriteItem {
    let put = Put::builder().table_name(TABLE).set_item(Some(key("t", sk))).build().unwrap();
    TransactWriteItem::builder().put(put).build()
}

fn exists(pk: &str) -> TransactWriteItem {
    let check = ConditionCheck::builder()
        .table_name(TABLE)
        .set_key(Some(key(pk, 1)))
        .condition_expression("attribute_exists(pk)")
        .build()
        .unwrap();
    TransactWriteItem::builder().condition_check(check).build()
}

async fn transaction(c: &Client) -> Outcome {
    let delete = Delete::builder().table_name(TABLE).set_key(Some(key("a", 50))).build()?;
    c.transact_write_items()
        .transact_items(put(1))
        .transact_items(TransactWriteItem::builder().delete(delete).build())
        .transact_items(exists("a"))
        .send()
        .await?;
    let get = |pk, sk| {
        let get = Get::builder().table_name(TABLE).set_key(Some(key(pk, sk))).build().unwrap();
        TransactGetItem::builder().get(get).build()
    };
    let out = c.transact_get_items().transact_items(get("t", 1)).transact_items(get("a", 50)).send().await?;
    let got = out.responses().iter().map(|r| r.item().cloned()).collect::<Vec<_>>();
    Ok(got == [Some(key("t", 1)), None])
}

async fn cancelled(c: &Client) -> Outcome {
    let r = c.transact_write_items().transact_items(put(2)).transact_items(exists("none")).send().await;
    let TransactWriteItemsError::TransactionCanceledException(cancelled) =
        r.err().ok_or("not cancelled")?.into_service_error()
    else {
        return Err("another error".into());
    };
    let why = cancelled.cancellation_reasons().iter().map(|r| r.code().unwrap_or_default()).collect::<Vec<_>>();
    let g = c.get_item().table_name(TABLE).set_key(Some(key("t", 2))).send().await?;
    Ok(why == ["None", "ConditionalCheckFailed"] && g.item.is_none())
}

async fn partiql(c: &Client) -> Outcome {
    let (mut seen, mut pages, mut token) = (vec![], 0, None);
    loop {
        let out = c
            .execute_statement()
            .statement(format!("SELECT sk FROM \"{TABLE}\" WHERE pk = ?"))
            .parameters(s("a"))
            .limit(20)
            .set_next_token(token)
            .send()
            .await?;
        seen.extend(out.items().iter().map(sort));
        pages += 1;
        token = out.next_token;
        if token.is_none() {
            return Ok(pages > 2 && seen == (1..=49).collect::<Vec<_>>());
        }
    }
}

/// What a record is, in a few words: INSERT 1 - -
fn line(r: &Record) -> Option<(String, String)> {
    let d = r.dynamodb()?;
    let hits = |image: Option<&HashMap<String, StreamValue>>| match image.and_then(|i| i.get("hits")) {
        Some(StreamValue::N(v)) => v.clone(),
        _ => "-".into(),
    };
    let (pk, sk) = (d.keys()?["pk"].as_s().ok()?, d.keys()?["sk"].as_n().ok()?);
    Some((pk.clone(), format!("{} {sk} {} {}", r.event_name()?, hits(d.old_image()), hits(d.new_image()))))
}

async fn read_shard(sc: &Streams, arn: &str, shard: &str) -> Result<Vec<(String, String)>, Box<dyn Error>> {
    let mut seen = vec![];
    let begin = sc.get_shard_iterator().stream_arn(arn).shard_id(shard);
    let mut at = begin.shard_iterator_type(ShardIteratorType::TrimHorizon).send().await?.shard_iterator;
    while let Some(it) = at {
        let out = sc.get_records().shard_iterator(it).limit(20).send().await?;
        seen.extend(out.records().iter().filter_map(line));
        at = if out.records().is_empty() { None } else { out.next_shard_iterator };
    }
    Ok(seen)
}

async fn stream(c: &Client, sc: &Streams) -> Outcome {
    let table = c.describe_table().table_name(TABLE).send().await?;
    let arn = table.table().and_then(|t| t.latest_stream_arn()).ok_or("no stream")?.to_string();
    let described = sc.describe_stream().stream_arn(&arn).send().await?;
    let mut seen: HashMap<String, Vec<String>> = HashMap::new();
    for shard in described.stream_description().ok_or("no description")?.shards() {
        for (pk, text) in read_shard(sc, &arn, shard.shard_id().unwrap_or_default()).await? {
            seen.entry(pk).or_default().push(text);
        }
    }
    let mut batch = (2..=51).map(|i| format!("INSERT {i} - -")).collect::<Vec<_>>();
    batch.sort();
    let a = seen.get_mut("a").ok_or("no records")?;
    if a.len() != 54 {
        return Ok(false);
    }
    a[2..52].sort();
    let good = a[..2] == ["INSERT 1 - -", "MODIFY 1 - 1"]
        && a[2..52] == batch
        && a[52..] == ["REMOVE 51 - -", "REMOVE 50 - -"];
    Ok(good && seen["t"] == ["INSERT 1 - -"])
}

async fn index(c: &Client) -> Outcome {
    let by_hits = CreateGlobalSecondaryIndexAction::builder()
        .index_name("by-hits")
        .key_schema(element("hits", KeyType::Hash))
        .projection(Projection::builder().projection_type(ProjectionType::KeysOnly).build())
        .build()?;
    c.update_table()
        .table_name(TABLE)
        .attribute_definitions(definition("hits", ScalarAttributeType::N))
        .global_secondary_index_updates(GlobalSecondaryIndexUpdate::builder().create(by_hits).build())
        .send()
        .await?;
    for _ in 0..500 {
        let d = c.describe_table().table_name(TABLE).send().await?;
        let status = d.table().and_then(|t| t.global_secondary_indexes().first()).and_then(|i| i.index_status());
        if status == Some(&IndexStatus::Active) {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let ask = c.query().table_name(TABLE).index_name("by-hits").key_condition_expression("hits = :h");
    let found = ask.expression_attribute_values(":h", n(1)).send().await?;
    Ok(found.items().len() == 1 && found.items()[0].len() == 3 && sort(&found.items()[0]) == 1)
}

async fn delete(c: &Client) -> Outcome {
    c.delete_table().table_name(TABLE).send().await?;
    c.wait_until_table_not_exists().table_name(TABLE).wait(PATIENCE).await?;
    Ok(true)
}

fn step(name: &str, o: Outcome) -> bool {
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
            .interceptor(Attempts)
            .build(),
    );
    let sc = Streams::from_conf(
        aws_sdk_dynamodbstreams::Config::builder()
            .behavior_version(aws_sdk_dynamodbstreams::config::BehaviorVersion::latest())
            .region(aws_sdk_dynamodbstreams::config::Region::new("us-east-1"))
            .endpoint_url(&url)
            .credentials_provider(credentials)
            .build(),
    );
    let mut good = step("table: create, wait", create(&c).await);
    good &= step("items: put, get, update", items(&c).await);
    good &= step("condition: refused, with the item", condition(&c).await);
    good &= step("batch write: what is left is sent again", batch_write(&c).await);
    good &= step("batch get: what is left is sent again", batch_get(&c).await);
    good &= step("query: pages, forwards and backwards", query(&c).await);
    good &= step("scan: pages of segments", scan(&c).await);
    good &= step("throttled: sent again", throttled(&c).await);
    good &= step("transaction: all of it", transaction(&c).await);
    good &= step("transaction: cancelled, none of it", cancelled(&c).await);
    good &= step("PartiQL: pages", partiql(&c).await);
    good &= step("stream: every change, in order", stream(&c, &sc).await);
    good &= step("index: added, filled, queried", index(&c).await);
    good &= step("table: delete, wait", delete(&c).await);
    std::process::exit(if good { 0 } else { 1 });
}
