//! Servers that refuse, lead elsewhere, dawdle, break off and never end.

use std::time::{Duration, Instant};

use boltseal_sigstore::{Connection, Http, Services, ToSign, address, sign_keyless, timestamp};

use crate::canned::{Canned, Request, Response};
use crate::lab::{Lab, http};

fn fulcio_says(answer: impl Fn(usize) -> Response + Send + Sync + 'static) -> (String, usize) {
    fulcio_says_to(move |_, before| answer(before))
}

fn fulcio_says_to(answer: impl Fn(&Request, usize) -> Response + Send + Sync + 'static) -> (String, usize) {
    let lab = Lab::new("failures");
    let canned = Canned::serve(answer);
    let services = Services { fulcio: Some(address(&canned.url()).unwrap()), ..lab.services(1) };
    let token = lab.token();
    let error = sign_keyless(&lab.http, &services, &token, ToSign::Message(b"image"), None).unwrap_err();
    let told = error.to_string();
    assert!(told.starts_with(&format!("Fulcio at `{}/api/v2/signingCert`", canned.url())), "{told}");
    assert!(!told.contains("eyJ") && !format!("{error:?}").contains("eyJ"), "{told}");
    (told, canned.seen().len())
}

#[test]
fn a_refusal_is_told_with_its_reason_and_not_tried_again() {
    let body = r#"{"code":16,"message":"error processing the identity token"}"#;
    let (told, asked) = fulcio_says(move |_| Response::new(401, body));
    assert!(told.contains("401 Unauthorized (error processing the identity token): it does not accept the token"));
    assert_eq!(asked, 1);
}

#[test]
fn a_token_that_fulcio_repeats_is_not_repeated() {
    // As it came, and another that it made.
    let (told, _) = fulcio_says_to(|request, _| {
        let request: serde_json::Value = serde_json::from_slice(&request.body).unwrap();
        let token = request["credentials"]["oidcIdentityToken"].as_str().unwrap();
        Response::new(400, serde_json::json!({ "message": format!("bad token {token}") }).to_string())
    });
    assert!(told.contains("[token]"), "{told}");
    let other = Lab::new("other").raw_token();
    let (told, _) = fulcio_says(move |_| Response::new(400, format!(r#"{{"message":"bad token:{other}"}}"#)));
    assert!(told.contains("[token]"), "{told}");
}

#[test]
fn what_is_busy_is_asked_again_as_it_asks_and_not_for_ever() {
    let start = Instant::now();
    let (told, asked) = fulcio_says(|_| Response::new(503, "busy").with("retry-after", "1"));
    assert!(told.contains("503 Service Unavailable (busy): the fault is the service's: try again later"), "{told}");
    assert_eq!(asked, 3);
    assert!(start.elapsed() >= Duration::from_secs(2), "{:?}", start.elapsed());
}

#[test]
fn a_redirect_to_another_host_is_not_followed() {
    let other = std::sync::Arc::new(Canned::serve(|_, _| Response::new(200, "{}")));
    let url = other.url().replace("127.0.0.1", "localhost");
    let (told, _) = fulcio_says(move |_| Response::new(307, "").with("location", &format!("{url}/api/v2/signingCert")));
    assert!(told.contains("307") && told.contains("redirects to another host are not followed"), "{told}");
    assert!(other.seen().is_empty(), "the token went to another host");
}

#[test]
fn a_redirect_in_circles_ends() {
    let (told, asked) = fulcio_says(|_| Response::new(307, "").with("location", "/api/v2/signingCert"));
    assert!(told.contains("sends in circles"), "{told}");
    assert!(asked < 10, "{asked}");
}

#[test]
fn an_answer_without_end_is_cut() {
    let (told, _) = fulcio_says(|_| Response::new(201, vec![b' '; 2 << 20]));
    assert!(told.contains("sends more than the limit of 1048576 bytes"), "{told}");
}

#[test]
fn an_answer_that_breaks_off_is_told() {
    let (told, asked) = fulcio_says(|_| Response { broken: true, ..Response::new(201, "{") });
    assert!(told.contains("broke off its answer"), "{told}");
    assert_eq!(asked, 3);
}

#[test]
fn what_is_no_certificate_is_told() {
    for body in
        ["", "<html></html>", "{}", "[]", r#"{"signedCertificateEmbeddedSct":{"chain":{"certificates":["x"]}}}"#]
    {
        let (told, _) = fulcio_says(move |_| Response::new(200, body));
        assert!(told.contains("certificate"), "{body}: {told}");
    }
}

#[test]
fn a_server_that_dawdles_is_left() {
    let canned = Canned::serve(|_, _| Response { after: Duration::from_secs(8), ..Response::new(200, "") });
    let patience = Connection { retries: 0, timeout: Duration::from_secs(1), ..Connection::default() };
    let start = Instant::now();
    let url = address(&canned.url()).unwrap();
    let told = timestamp(&Http::new(&patience).unwrap(), &url, b"signature").unwrap_err().to_string();
    assert!(told.contains("did not answer in time"), "{told}");
    assert!(start.elapsed() < Duration::from_secs(5), "{:?}", start.elapsed());
}

#[test]
fn a_server_that_is_not_there_is_told_with_what_to_check() {
    // A port that was free a moment ago.
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let url = address(&format!("http://user:password@{free}/tsa?key=secret")).unwrap();
    let told = timestamp(&http(), &url, b"signature").unwrap_err().to_string();
    assert!(told.contains(&format!("`http://{free}/tsa` cannot be reached: check the address")), "{told}");
    assert!(!told.contains("password") && !told.contains("secret"), "{told}");
}

#[test]
fn a_token_goes_over_plain_http_to_nobody_else() {
    let lab = Lab::new("plain");
    let services = Services { fulcio: Some(address("http://fulcio.example").unwrap()), ..lab.services(1) };
    let told = sign_keyless(&lab.http, &services, &lab.token(), ToSign::Message(b"x"), None).unwrap_err().to_string();
    assert!(told.contains("would get a token over plain HTTP"), "{told}");
}

#[test]
fn a_file_without_certificates_is_no_ca_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ca.pem");
    for (bytes, expected) in [(None, "cannot be read"), (Some("nothing"), "holds no PEM certificates")] {
        if let Some(bytes) = bytes {
            std::fs::write(&path, bytes).unwrap();
        }
        let connection = Connection { certificate_authorities: vec![path.clone()], ..Connection::default() };
        let told = Http::new(&connection).unwrap_err().to_string();
        assert!(told.contains(expected) && told.contains("ca.pem"), "{told}");
    }
}
