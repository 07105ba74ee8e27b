//! What hangs on an image in a registry: referrers and tags (OCI distribution specification, *Listing Referrers*).

use boltseal_evidence::Digest;
use reqwest::header::{CONTENT_TYPE, ETAG, HeaderMap, LINK};
use reqwest::{StatusCode, Url};

use super::RegistryError;
use super::call::Call;
use super::repository::Repository;
use crate::Error;
use crate::image::media_type;

/// What a registry gives for one request.
pub(super) struct Answer {
    pub(super) url: Url,
    pub(super) headers: HeaderMap,
    pub(super) body: Vec<u8>,
}

/// An answer that is no success, and what it means.
pub(super) type Refused = (StatusCode, RegistryError);

/// A manifest as a registry gives it, not verified.
pub(crate) struct Fetched {
    pub(crate) bytes: Vec<u8>,
    pub(crate) media_type: Option<String>,
    /// What the registry states as its digest.
    pub(crate) claimed: Option<Digest>,
    /// For `If-Match`.
    pub(crate) etag: Option<String>,
}

/// What came of asking for referrers.
pub(crate) enum Page {
    /// The registry does not know the question.
    Unsupported,
    /// An answer that is no list of referrers: why.
    Nonsense(String),
    /// A part of the list, and the address of the next.
    Listed { bytes: Vec<u8>, next: Option<String> },
}

impl Repository {
    /// An answer, or the status and what it means.
    pub(super) fn ask(
        &self,
        call: &Call<'_>,
        limit: u64,
        what: &str,
    ) -> Result<Result<Answer, Refused>, RegistryError> {
        let http = &self.connection.http;
        let mut attempt = 0;
        loop {
            let result = self.connection.runtime.block_on(async {
                let response = http.call(call).await.map_err(|error| (false, error))?;
                let status = response.status();
                if !status.is_success() {
                    return Ok(Err((status, http.refusal(response).await)));
                }
                let (url, headers) = (response.url().clone(), response.headers().clone());
                if response.content_length().is_some_and(|length| length > limit) {
                    return Err((false, http.error(format!("{what} is beyond the limit of {limit} bytes"))));
                }
                let body = http.body(response, limit, what).await.map_err(|error| (true, error))?;
                Ok(Ok(Answer { url, headers, body }))
            });
            match result {
                Ok(answer) => return Ok(answer),
                Err((again, error)) if !again || attempt >= http.retries().min(2) => return Err(error),
                Err(_) => attempt += 1,
            }
        }
    }

    /// The manifest under a tag or digest; none where there is none.
    pub(crate) fn manifest_at(&self, name: &str, limit: u64) -> Result<Option<Fetched>, Error> {
        let path = format!("{}/manifests/{name}", self.connection.repository);
        let call = Call::get(path).accept(Some(media_type::ACCEPT_ARTIFACTS));
        match self.ask(&call, limit, "the manifest")? {
            Ok(answer) => Ok(Some(Fetched {
                media_type: header(&answer.headers, CONTENT_TYPE.as_str()),
                claimed: header(&answer.headers, "docker-content-digest").and_then(|text| text.parse().ok()),
                etag: header(&answer.headers, ETAG.as_str()),
                bytes: answer.body,
            })),
            Err((StatusCode::NOT_FOUND, _)) => Ok(None),
            Err((_, error)) => Err(error.into()),
        }
    }

    /// A blob's bytes, not verified.
    pub(crate) fn blob_at(&self, digest: &Digest, limit: u64, what: &'static str) -> Result<Vec<u8>, Error> {
        let call = Call::get(format!("{}/blobs/{digest}", self.connection.repository));
        Ok(self.ask(&call, limit, what)?.map_err(|(_, error)| error)?.body)
    }

    /// One part of the list of what refers to a digest; the first, or the one at an address that [`Page`] gave.
    pub(crate) fn referrers_page(&self, digest: &Digest, next: Option<&str>, limit: u64) -> Result<Page, Error> {
        let first = || format!("{}/referrers/{digest}", self.connection.repository);
        let call = Call::get(next.map_or_else(first, str::to_owned)).accept(Some(media_type::INDEX));
        let answer = match self.ask(&call, limit, "the list of referrers")? {
            Ok(answer) => answer,
            // What registries without the API answer; others (a denied access, a failure) are no statement about it.
            Err((status, _)) if next.is_none() && is_unsupported(status) => return Ok(Page::Unsupported),
            Err((_, error)) => return Err(error.into()),
        };
        let media_type = header(&answer.headers, CONTENT_TYPE.as_str()).unwrap_or_default();
        if media_type.starts_with("text/html") {
            return Ok(Page::Nonsense("the list of referrers is a page of HTML".to_owned()));
        }
        let next = header(&answer.headers, LINK.as_str()).and_then(|link| next_of(&link));
        let next = match next.map(|next| answer.url.join(&next)) {
            None => None,
            Some(Ok(url)) if self.connection.http.is_here(&url) => Some(url.to_string()),
            Some(_) => {
                let message = "the list of referrers goes on at an address that is not the registry's".to_owned();
                return Ok(Page::Nonsense(message));
            }
        };
        Ok(Page::Listed { bytes: answer.body, next })
    }
}

pub(super) fn header(headers: &HeaderMap, name: &str) -> Option<String> {
    headers.get(name)?.to_str().ok().map(str::to_owned)
}

fn is_unsupported(status: StatusCode) -> bool {
    matches!(
        status,
        StatusCode::NOT_FOUND
            | StatusCode::BAD_REQUEST
            | StatusCode::METHOD_NOT_ALLOWED
            | StatusCode::NOT_ACCEPTABLE
            | StatusCode::NOT_IMPLEMENTED
    )
}

/// The address with `rel="next"` of a `Link` header (RFC 8288).
fn next_of(link: &str) -> Option<String> {
    link.split(',').find_map(|part| {
        let (address, parameters) = part.trim().strip_prefix('<')?.split_once('>')?;
        let next = parameters.split(';').any(|parameter| {
            parameter.trim().strip_prefix("rel=").is_some_and(|rel| rel.trim_matches('"').eq_ignore_ascii_case("next"))
        });
        next.then(|| address.to_owned())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_part_of_a_list_is_named_by_its_relation() {
        let check = |link: &str, expect: Option<&str>| assert_eq!(next_of(link).as_deref(), expect, "{link}");
        check("</v2/a/referrers/sha256:0?last=1>; rel=\"next\"", Some("/v2/a/referrers/sha256:0?last=1"));
        check("</a>; rel=prev, </b>; rel=next", Some("/b"));
        check("</a>; rel=\"prev\"", None);
        check("/a; rel=next", None);
        check("<", None);
    }
}
