//! Envelopes in both forms from one draft, so that a tampering is written once.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use boltseal_evidence::Digest;
use boltseal_trust::Signed;
use ciborium::value::Value as Cbor;
use serde_json::{Value as Json, json};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::forge::Holder;
use super::key::Key;

pub(crate) const PAYLOAD: &str = "application/vnd.cncf.notary.payload.v1+json";
pub(crate) const MANIFEST_TYPE: &str = "application/vnd.oci.image.manifest.v1+json";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    Jws,
    Cose,
}

/// An envelope before it is one.
#[derive(Debug, Clone)]
pub(crate) struct Draft {
    /// In JOSE and in COSE.
    pub(crate) algorithm: Option<(&'static str, i64)>,
    pub(crate) content_type: Option<&'static str>,
    pub(crate) critical: Vec<&'static str>,
    pub(crate) scheme: Option<&'static str>,
    pub(crate) signing_time: Option<i64>,
    pub(crate) authentic_time: Option<i64>,
    pub(crate) expiry: Option<i64>,
    pub(crate) extended: Vec<(&'static str, &'static str)>,
    pub(crate) payload: Vec<u8>,
    pub(crate) chain: Vec<Vec<u8>>,
    pub(crate) timestamp: Option<Vec<u8>>,
    pub(crate) key: Key,
}

pub(crate) fn manifest() -> Vec<u8> {
    let empty = "sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a";
    let config = json!({ "mediaType": "application/vnd.oci.image.config.v1+json", "digest": empty, "size": 2 });
    json!({ "schemaVersion": 2, "mediaType": MANIFEST_TYPE, "config": config, "layers": [] }).to_string().into_bytes()
}

pub(crate) fn payload(media_type: &str, digest: &str, size: usize) -> Vec<u8> {
    let annotations = json!({ "build": "17" });
    let target = json!({ "mediaType": media_type, "digest": digest, "size": size, "annotations": annotations });
    json!({ "targetArtifact": target }).to_string().into_bytes()
}

fn told(seconds: i64) -> String {
    OffsetDateTime::from_unix_timestamp(seconds).unwrap().format(&Rfc3339).unwrap()
}

impl Draft {
    /// A good one.
    pub(crate) fn new(leaf: &Holder, others: &[&Holder], now: i64) -> Self {
        let manifest = manifest();
        Self {
            algorithm: Some(leaf.key.kind.algorithm()),
            content_type: Some(PAYLOAD),
            critical: vec!["io.cncf.notary.signingScheme"],
            scheme: Some("notary.x509"),
            signing_time: Some(now - 60),
            authentic_time: None,
            expiry: None,
            extended: Vec::new(),
            payload: payload(MANIFEST_TYPE, &Digest::sha256_of(&manifest).to_string(), manifest.len()),
            chain: std::iter::once(leaf).chain(others.iter().copied()).map(|holder| holder.der.clone()).collect(),
            timestamp: None,
            key: leaf.key.clone(),
        }
    }

    /// The same by a signing authority.
    pub(crate) fn by_authority(mut self) -> Self {
        self.scheme = Some("notary.x509.signingAuthority");
        self.authentic_time = self.signing_time.take();
        self.critical.push("io.cncf.notary.authenticSigningTime");
        self
    }

    pub(crate) fn expires(mut self, at: i64) -> Self {
        self.expiry = Some(at);
        self.critical.push("io.cncf.notary.expiry");
        self
    }

    pub(crate) fn signed(&self, form: Form) -> Signed {
        match form {
            Form::Jws => Signed::NotationJws(self.jws().to_string().into_bytes()),
            Form::Cose => Signed::NotationCose(encoded(&self.cose())),
        }
    }

    /// The signature that a timestamp is over is another each time, so that both are made at once.
    pub(crate) fn stamped(&self, form: Form, stamp: impl Fn(&[u8]) -> Vec<u8>) -> Signed {
        match form {
            Form::Jws => {
                let mut envelope = self.jws();
                let signature = URL_SAFE_NO_PAD.decode(envelope["signature"].as_str().unwrap()).unwrap();
                envelope["header"]["io.cncf.notary.timestampSignature"] = STANDARD.encode(stamp(&signature)).into();
                Signed::NotationJws(envelope.to_string().into_bytes())
            }
            Form::Cose => {
                let mut envelope = self.cose();
                let Cbor::Tag(_, parts) = &mut envelope else { panic!("it is tagged") };
                let parts = parts.as_array_mut().unwrap();
                let token = Cbor::Bytes(stamp(parts[3].as_bytes().unwrap()));
                let entry = (Cbor::Text("io.cncf.notary.timestampSignature".to_owned()), token);
                parts[1].as_map_mut().unwrap().push(entry);
                Signed::NotationCose(encoded(&envelope))
            }
        }
    }

    pub(crate) fn protected_json(&self) -> Json {
        let mut header = serde_json::Map::new();
        let mut put = |name: &str, value: Option<Json>| {
            if let Some(value) = value {
                header.insert(name.to_owned(), value);
            }
        };
        put("alg", self.algorithm.map(|(name, _)| name.into()));
        put("cty", self.content_type.map(Json::from));
        put("crit", (!self.critical.is_empty()).then(|| json!(self.critical)));
        put("io.cncf.notary.signingScheme", self.scheme.map(Json::from));
        put("io.cncf.notary.signingTime", self.signing_time.map(|time| told(time).into()));
        put("io.cncf.notary.authenticSigningTime", self.authentic_time.map(|time| told(time).into()));
        put("io.cncf.notary.expiry", self.expiry.map(|time| told(time).into()));
        for (name, value) in &self.extended {
            put(name, Some((*value).into()));
        }
        Json::Object(header)
    }

    pub(crate) fn jws(&self) -> Json {
        self.jws_of(self.protected_json().to_string().as_bytes())
    }

    /// With a protected header of one's own.
    pub(crate) fn jws_of(&self, protected: &[u8]) -> Json {
        let (protected, payload) = (URL_SAFE_NO_PAD.encode(protected), URL_SAFE_NO_PAD.encode(&self.payload));
        let signature = self.key.sign(format!("{protected}.{payload}").as_bytes());
        let chain: Vec<String> = self.chain.iter().map(|der| STANDARD.encode(der)).collect();
        let mut header = json!({ "x5c": chain, "io.cncf.notary.signingAgent": "example/1.0" });
        if let Some(token) = &self.timestamp {
            header["io.cncf.notary.timestampSignature"] = STANDARD.encode(token).into();
        }
        json!({
            "payload": payload, "protected": protected, "header": header, "signature": URL_SAFE_NO_PAD.encode(signature)
        })
    }

    pub(crate) fn protected_cbor(&self) -> Vec<(Cbor, Cbor)> {
        let text = |text: &str| Cbor::Text(text.to_owned());
        let seconds = |time: i64| Cbor::Tag(1, Box::new(Cbor::Integer(time.into())));
        let mut header = Vec::new();
        let mut put = |name: Cbor, value: Option<Cbor>| header.extend(value.map(|value| (name, value)));
        put(Cbor::Integer(1.into()), self.algorithm.map(|(_, number)| Cbor::Integer(number.into())));
        let critical = Cbor::Array(self.critical.iter().map(|name| text(name)).collect());
        put(Cbor::Integer(2.into()), (!self.critical.is_empty()).then_some(critical));
        put(Cbor::Integer(3.into()), self.content_type.map(text));
        put(text("io.cncf.notary.signingScheme"), self.scheme.map(text));
        put(text("io.cncf.notary.signingTime"), self.signing_time.map(seconds));
        put(text("io.cncf.notary.authenticSigningTime"), self.authentic_time.map(seconds));
        put(text("io.cncf.notary.expiry"), self.expiry.map(seconds));
        for (name, value) in &self.extended {
            put(text(name), Some(text(value)));
        }
        header
    }

    pub(crate) fn cose(&self) -> Cbor {
        self.cose_of(&encoded(&Cbor::Map(self.protected_cbor())))
    }

    /// With a protected header of one's own.
    pub(crate) fn cose_of(&self, protected: &[u8]) -> Cbor {
        let (protected, payload) = (Cbor::Bytes(protected.to_vec()), Cbor::Bytes(self.payload.clone()));
        let context = Cbor::Text("Signature1".to_owned());
        let signed = Cbor::Array(vec![context, protected.clone(), Cbor::Bytes(Vec::new()), payload.clone()]);
        let signature = Cbor::Bytes(self.key.sign(&encoded(&signed)));
        let chain = Cbor::Array(self.chain.iter().map(|der| Cbor::Bytes(der.clone())).collect());
        let mut header = vec![
            (Cbor::Integer(33.into()), chain),
            (Cbor::Text("io.cncf.notary.signingAgent".to_owned()), Cbor::Text("example/1.0".to_owned())),
        ];
        if let Some(token) = &self.timestamp {
            let name = Cbor::Text("io.cncf.notary.timestampSignature".to_owned());
            header.push((name, Cbor::Bytes(token.clone())));
        }
        Cbor::Tag(18, Box::new(Cbor::Array(vec![protected, Cbor::Map(header), payload, signature])))
    }
}

pub(crate) fn encoded(value: &Cbor) -> Vec<u8> {
    let mut bytes = Vec::new();
    ciborium::ser::into_writer(value, &mut bytes).unwrap();
    bytes
}
