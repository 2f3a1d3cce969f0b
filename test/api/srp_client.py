"""An SRP-6a client for user pools, written from the protocol's description alone."""
import base64
import datetime
import hashlib
import hmac
import os

N = int('''
FFFFFFFFFFFFFFFFC90FDAA22168C234C4C6628B80DC1CD129024E088A67CC74020BBEA63B139B22514A08798E3404DD
EF9519B3CD3A431B302B0A6DF25F14374FE1356D6D51C245E485B576625E7EC6F44C42E9A637ED6B0BFF5CB6F406B7ED
EE386BFB5A899FA5AE9F24117C4B1FE649286651ECE45B3DC2007CB8A163BF0598DA48361C55D39A69163FA8FD24CF5F
83655D23DCA3AD961C62F356208552BB9ED529077096966D670C354E4ABC9804F1746C08CA18217C32905E462E36CE3B
E39E772C180E86039B2783A2EC07A28FB5C55DF06F4C52C9DE2BCBF6955817183995497CEA956AE515D2261898FA0510
15728E5A8AAAC42DAD33170D04507A33A85521ABDF1CBA64ECFB850458DBEF0A8AEA71575D060C7DB3970F85A6E1E4C7
ABF5AE8CDB0933D71E8C94E04A25619DCEE3D2261AD2EE6BF12FFA06D98A0864D87602733EC86A64521F2B18177B200C
BBE117577A615D6C770988C0BAD946E208E24FA074E5AB3143DB5BFCE0FD108E4B82D120A93AD2CAFFFFFFFFFFFFFFFF
'''.replace('\n', ''), 16)
G = 2


def pad(n):
    """Shortest big-endian bytes with a leading zero where the top bit is set."""
    return n.to_bytes(n.bit_length() // 8 + 1, 'big') if n.bit_length() % 8 == 0 else n.to_bytes(
        (n.bit_length() + 7) // 8, 'big')


def H(*parts):
    return hashlib.sha256(b''.join(parts)).digest()


def number(digest):
    return int.from_bytes(digest, 'big')


K = number(H(pad(N), pad(G)))


class Srp:
    def __init__(self, pool_id, password):
        self.pool, self.password = pool_id.split('_')[1], password
        self.a = number(os.urandom(32))
        self.A = pow(G, self.a, N)

    def respond(self, challenge, when=None):
        """ChallengeResponses for the ChallengeParameters of PASSWORD_VERIFIER."""
        B, salt, user = int(challenge['SRP_B'], 16), int(challenge['SALT'], 16), challenge['USER_ID_FOR_SRP']
        u = number(H(pad(self.A), pad(B)))
        x = number(H(pad(salt), H(f'{self.pool}{user}:{self.password}'.encode())))
        s = pow(B - K * pow(G, x, N), self.a + u * x, N)
        prk = hmac.new(pad(u), pad(s), hashlib.sha256).digest()
        key = hmac.new(prk, b'Caldera Derived Key\x01', hashlib.sha256).digest()[:16]
        now = when or datetime.datetime.now(datetime.timezone.utc)
        stamp = now.strftime('%a %b ') + str(now.day) + now.strftime(' %H:%M:%S UTC %Y')
        block = base64.b64decode(challenge['SECRET_BLOCK'])
        text = self.pool.encode() + user.encode() + block + stamp.encode()
        return {'USERNAME': user, 'TIMESTAMP': stamp,
                'PASSWORD_CLAIM_SECRET_BLOCK': challenge['SECRET_BLOCK'],
                'PASSWORD_CLAIM_SIGNATURE': base64.b64encode(
                    hmac.new(key, text, hashlib.sha256).digest()).decode()}


def sign_in(idp, pool_id, client_id, username, password, **more):
    """Both steps; the answer of the second."""
    srp = Srp(pool_id, password)
    first = idp.initiate_auth(ClientId=client_id, AuthFlow='USER_SRP_AUTH',
                              AuthParameters={'USERNAME': username, 'SRP_A': f'{srp.A:x}', **more})
    assert first['ChallengeName'] == 'PASSWORD_VERIFIER'
    return idp.respond_to_auth_challenge(
        ClientId=client_id, ChallengeName='PASSWORD_VERIFIER',
        ChallengeResponses={**srp.respond(first['ChallengeParameters']), **more})
