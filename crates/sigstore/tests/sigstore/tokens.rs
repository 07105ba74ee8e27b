//! Where a token is found.

use std::collections::BTreeMap;

use boltseal_sigstore::{AUDIENCE, Token};
use serde_json::json;

use crate::canned::{Canned, Response};
use crate::lab::{Lab, MAIL, http, now};

fn ambient(variables: &[(&str, &str)]) -> Result<Option<Token>, String> {
    let variables: BTreeMap<&str, &str> = variables.iter().copied().collect();
    let variable = |name: &str| variables.get(name).map(|value| (*value).to_owned());
    Token::ambient(&http(), &variable, AUDIENCE, now()).map_err(|error| error.to_string())
}

#[test]
fn variables_are_looked_at_in_order_and_empty_ones_are_none() {
    let lab = Lab::new("variables");
    let token = lab.raw_token();
    assert!(ambient(&[]).unwrap().is_none());
    assert!(ambient(&[("SIGSTORE_ID_TOKEN", "")]).unwrap().is_none());
    assert_eq!(ambient(&[("SIGSTORE_ID_TOKEN", &token)]).unwrap().unwrap().identity(), MAIL);
    let told = ambient(&[("SIGSTORE_ID_TOKEN", &token), ("BOLTSEAL_ID_TOKEN", "broken")]).unwrap_err();
    assert!(told.starts_with("`BOLTSEAL_ID_TOKEN` holds no identity token"), "{told}");
}

#[test]
fn a_token_is_read_from_a_file() {
    let lab = Lab::new("file");
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("token");
    std::fs::write(&path, format!("{}\n", lab.raw_token())).unwrap();
    assert_eq!(Token::read(&path, AUDIENCE, now()).unwrap().identity(), MAIL);
    let told = Token::read(&folder.path().join("none"), AUDIENCE, now()).unwrap_err().to_string();
    assert!(told.starts_with("there is no file"), "{told}");
    let told = Token::read(&path, AUDIENCE, now() + 3600).unwrap_err().to_string();
    assert!(told.contains("ended at") && told.contains("/token`"), "{told}");
}

#[test]
fn github_gives_a_token_to_a_job_that_may_ask() {
    let lab = Lab::new("github");
    let given = json!({ "value": lab.raw_token(), "count": 1 }).to_string();
    let service = Canned::serve(move |request, _| {
        let asked = request.head.to_ascii_lowercase().contains("authorization: bearer job-secret-of-the-run");
        let right = request.path == "/tokens?api-version=2&audience=sigstore" && request.method == "GET";
        if asked && right { Response::new(200, given.clone()) } else { Response::new(400, "{}") }
    });
    let url = format!("{}/tokens?api-version=2", service.url());
    let variables = [
        ("GITHUB_ACTIONS", "true"),
        ("ACTIONS_ID_TOKEN_REQUEST_URL", url.as_str()),
        ("ACTIONS_ID_TOKEN_REQUEST_TOKEN", "job-secret-of-the-run"),
    ];
    assert_eq!(ambient(&variables).unwrap().unwrap().identity(), MAIL);
    // A job without the permission gets no address to ask at.
    let told = ambient(&variables[..1]).unwrap_err();
    assert!(told.contains("permissions: id-token: write"), "{told}");
}

#[test]
fn a_refusal_of_the_token_service_does_not_tell_its_secret() {
    let service = Canned::serve(|request, _| {
        let secret = request.head.lines().find(|line| line.starts_with("authorization")).unwrap_or_default().to_owned();
        Response::new(403, json!({ "message": format!("no: {secret}") }).to_string())
    });
    let variables = [
        ("ACTIONS_ID_TOKEN_REQUEST_URL", service.url()),
        ("ACTIONS_ID_TOKEN_REQUEST_TOKEN", "job-secret-of-the-run".to_owned()),
    ];
    let variables: Vec<(&str, &str)> = variables.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let told = ambient(&variables).unwrap_err();
    assert!(told.contains("403") && !told.contains("job-secret"), "{told}");
    // Nor over plain HTTP to another machine.
    let elsewhere = [
        ("ACTIONS_ID_TOKEN_REQUEST_URL", "http://tokens.example/"),
        ("ACTIONS_ID_TOKEN_REQUEST_TOKEN", "job-secret-of-the-run"),
    ];
    let told = ambient(&elsewhere).unwrap_err();
    assert!(told.contains("over plain HTTP") && !told.contains("job-secret"), "{told}");
}
