//! A Sigstore instance for one test.

use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use boltseal_fixture::authority::{Authority, Identity, Services as Served};
use boltseal_sigstore::{AUDIENCE, Connection, Http, Services, Token};
use boltseal_trust::{Material, Root};

pub(crate) const MAIL: &str = "dev@mail.example";

pub(crate) fn now() -> i64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs() as i64
}

pub(crate) fn http() -> Http {
    Http::new(&Connection { retries: 2, timeout: Duration::from_secs(10), ..Connection::default() }).unwrap()
}

pub(crate) struct Lab {
    pub(crate) served: Served,
    pub(crate) http: Http,
}

impl Lab {
    pub(crate) fn new(seed: &str) -> Self {
        Self { served: Authority::new(seed, now()).serve().unwrap(), http: http() }
    }

    pub(crate) fn material(&self) -> Material {
        let root = self.served.authority.trusted_root().to_string();
        let root = Root::parse("the test", root.as_bytes()).unwrap();
        Material { root: Some(Arc::new(root)), now: now(), ..Material::default() }
    }

    /// The services as the signing config names them, for one generation of logs.
    pub(crate) fn services(&self, rekor: u8) -> Services {
        let config = self.served.authority.signing_config(rekor).to_string();
        Services::choose(config.as_bytes(), now()).unwrap()
    }

    pub(crate) fn raw_token(&self) -> String {
        let authority = &self.served.authority;
        authority.token(&Identity::person(MAIL, &authority.urls.oidc))
    }

    pub(crate) fn token(&self) -> Token {
        Token::parse(&self.raw_token(), "the test", AUDIENCE, now()).unwrap()
    }
}
