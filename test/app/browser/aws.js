// Calls of Stator's services, as an administrator makes them.  Stator without --credentials takes any
// well-formed signature.

const AUTHORIZATION = 'AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/SERVICE/aws4_request, '
  + `SignedHeaders=host;x-amz-date, Signature=${'0'.repeat(64)}`;
const DATE = () => new Date().toISOString().replace(/[-:]|\.\d+/g, '');

async function send(url, service, method, headers, input) {
  const reply = await fetch(url, {
    method, body: JSON.stringify(input),
    headers: { Authorization: AUTHORIZATION.replace('SERVICE', service), 'X-Amz-Date': DATE(), ...headers },
  });
  const text = await reply.text();
  if (!reply.ok) throw new Error(`${method} ${url} ${headers['X-Amz-Target'] ?? ''}: ${reply.status} ${text}`);
  return text ? JSON.parse(text) : {};
}

export class Aws {
  constructor(url) {
    this.url = url;
  }

  pool(operation, input) {
    return send(`${this.url}/`, 'cognito-idp', 'POST', {
      'Content-Type': 'application/x-amz-json-1.1', 'X-Amz-Target': `AWSCognitoIdentityProviderService.${operation}`,
    }, input);
  }

  table(operation, input) {
    return send(`${this.url}/`, 'dynamodb', 'POST', {
      'Content-Type': 'application/x-amz-json-1.0', 'X-Amz-Target': `DynamoDB_20120810.${operation}`,
    }, input);
  }

  lambda(method, path, input) {
    return send(`${this.url}/2015-03-31/${path}`, 'lambda', method, { 'Content-Type': 'application/json' }, input);
  }

  // A function that runs a program of this machine; its ARN.
  async addFunction(name, command, variables) {
    const made = await this.lambda('POST', 'functions', {
      FunctionName: name, Role: 'arn:aws:iam::000000000000:role/function', PackageType: 'Image', Code: { ImageUri: 'local:' },
      ImageConfig: { Command: command }, Environment: { Variables: variables }, Timeout: 10,
    });
    return made.FunctionArn;
  }
}
