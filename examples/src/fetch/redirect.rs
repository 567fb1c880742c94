//! Redirects: whether a response leads to another URL, and with which request (RFC 9110 §15.4).
//!
//! ```text
//!   status          POST becomes        PUT and others       HEAD, GET
//!   301, 302        GET, without body   the same again       the same again
//!   303             GET, without body   GET, without body    the same again
//!   307, 308        the same again      the same again       the same again
//! ```
//!
//! RFC 9110 §15.4.2 and §15.4.3 allow the first row for historical reasons, and curl does it. A method that the job
//! names itself ([`Job::custom_method`]) stays, as in curl; its body goes where that of a POST would. Any other 3xx
//! with a Location is followed as 307 is.
//!
//! Credentials are for the origin that they were given for (RFC 9110 §15.4). Another origin gets neither Authorization
//! nor Cookie nor a Host of the job's own, and they are not added again when a later redirect leads back.
//!
//! 417 leads to the same URL, without the expectation that it refuses.
//!
//! Left out: a choice among several (300), and what a client may keep in mind (301 and 308 are permanent).
//! Tested below, in `tests/curl_flags.rs` over the toy internet, and in `tests/live` beside curl.

use barewire_http1::Response;

use super::job::{Job, remove_fields};
use crate::failure::{Failure, Step};
use crate::url::{Url, names_other_scheme};

/// What a redirect must not take to another origin.
const OF_ONE_ORIGIN: [&str; 3] = ["Authorization", "Cookie", "Host"];
/// What describes a body, and goes with it.
const OF_A_BODY: [&str; 4] = ["Content-Type", "Content-Length", "Transfer-Encoding", "Expect"];

/// The redirects of one fetch: how many there may be, and how many there were.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Redirects {
    limit: Limit,
    /// How many were followed.
    pub followed: u32,
}

/// How many redirects are followed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Limit {
    /// None: a redirect is an answer like others.
    #[default]
    Off,
    /// This many; one more is an error.
    Most(u32),
    /// As many as there are.
    Unlimited,
}

impl Redirects {
    /// No redirect was followed yet.
    pub fn new(limit: Limit) -> Redirects {
        Redirects { limit, followed: 0 }
    }

    /// The job that this response to `job` leads to; `None` where the response is the answer.
    ///
    /// # Errors
    /// There were too many redirects, or the Location cannot be fetched.
    pub fn next(&mut self, job: &Job, response: &Response) -> Result<Option<Job>, Failure> {
        if let Some(again) = without_expectation(job, response) {
            return Ok(Some(again));
        }
        let Some(location) = location(&job.url, response).filter(|_| self.limit != Limit::Off) else {
            return Ok(None);
        };
        if let Limit::Most(most) = self.limit
            && self.followed >= most
        {
            let leads = location.map(|url| format!("; the next one leads to {url}")).unwrap_or_default();
            let text =
                format!("{most} redirects were followed, and no more are allowed (--max-redirs){leads}");
            return Err(Failure::new(Step::Redirects, text));
        }
        // One that cannot be fetched counts, too, as in curl.
        self.followed += 1;
        Ok(Some(redirected(job, location?, response.status)))
    }
}

/// Where a 3xx response with a Location leads, resolved against the URL that was asked for. An empty Location is a
/// reference to the same URL (RFC 3986 §4.4) and would lead round in a circle. As in curl it leads nowhere.
pub fn location(url: &Url, response: &Response) -> Option<Result<Url, Failure>> {
    let first = response.headers.get_all("Location").next();
    let field = first.filter(|field| (300..400).contains(&response.status) && !field.value.is_empty())?;
    Some(url.resolve(&field.value).map_err(|failure| unusable(&field.value, &failure)))
}

fn unusable(location: &[u8], failure: &Failure) -> Failure {
    let step = if names_other_scheme(location) { Step::Unspoken } else { Step::Url };
    let location = String::from_utf8_lossy(location);
    Failure::new(step, format!("the redirect to {location:?} cannot be followed: {failure}"))
}

/// The same job after 417, where that refuses its expectation. RFC 9110 §10.1.1 asks a client to repeat its request
/// without it, and curl does so without -L.
fn without_expectation(job: &Job, response: &Response) -> Option<Job> {
    let is_refused = response.status == 417 && job.request().headers.has("Expect", "100-continue");
    is_refused.then(|| {
        let mut again = job.clone();
        remove_fields(&mut again.fields, &["Expect"]);
        remove_fields(&mut again.headers, &["Expect"]);
        again
    })
}

/// The job for the URL that a response with this status leads to.
fn redirected(job: &Job, url: Url, status: u16) -> Job {
    let mut next = Job { url, ..job.clone() };
    let is_post = job.method == "POST";
    if matches!(status, 301 | 302) && is_post || status == 303 && !matches!(&*job.method, "GET" | "HEAD") {
        next.method = "GET".to_owned();
        (next.body, next.upload) = (None, None);
        remove_fields(&mut next.fields, &OF_A_BODY);
        remove_fields(&mut next.headers, &OF_A_BODY);
    }
    if !job.url.is_same_origin(&next.url) {
        remove_fields(&mut next.fields, &OF_ONE_ORIGIN);
        remove_fields(&mut next.headers, &OF_ONE_ORIGIN);
    }
    if job.refers {
        remove_fields(&mut next.fields, &["Referer"]);
        next.fields.push(("Referer".to_owned(), job.url.to_string()));
    }
    next
}

#[cfg(test)]
mod tests {
    use super::*;
    use barewire_tls13::Trust;

    fn job(method: &str, body: Option<&[u8]>) -> Job {
        let mut job = Job::get("http://a.test/one", Trust::Nothing).unwrap();
        job.method = method.to_owned();
        job.body = body.map(<[u8]>::to_vec);
        if body.is_some() {
            job.fields.push(("Content-Type".into(), "text/plain".into()));
        }
        job
    }

    fn redirect(status: u16, location: &str) -> Response {
        Response::new(status).with("Location", location)
    }

    fn follow(job: &Job, response: &Response) -> Job {
        Redirects::new(Limit::Unlimited).next(job, response).expect("a redirect").expect("another job")
    }

    /// What curl 7.88.1 sends after each status: `curl -L`, with `-d`, `-T`, `-I` and `-X`.
    #[test]
    fn methods_are_rewritten_as_curl_does() {
        let body = Some(&b"a=b"[..]);
        for (status, method, custom, wanted, keeps) in [
            (301, "POST", None, "GET", false),
            (302, "POST", None, "GET", false),
            (303, "POST", None, "GET", false),
            (307, "POST", None, "POST", true),
            (308, "POST", None, "POST", true),
            (302, "POST", Some("PUT"), "PUT", false),
            (303, "POST", Some("POST"), "POST", false),
            (302, "PUT", None, "PUT", true),
            (303, "PUT", None, "GET", false),
        ] {
            let mut job = job(method, body);
            job.custom_method = custom.map(str::to_owned);
            let next = follow(&job, &redirect(status, "/final"));
            let sent = next.request();
            assert_eq!((sent.method.as_str(), next.body.is_some()), (wanted, keeps), "{status} to {job:?}");
            assert_eq!(sent.headers.contains("Content-Type"), keeps, "{status} to {method} {custom:?}");
            assert_eq!(next.url.to_string(), "http://a.test/final");
        }
        assert_eq!(follow(&job("HEAD", None), &redirect(303, "/final")).method, "HEAD");
    }

    /// `curl -L` on `HTTP/1.1 302 Found` with `Location: `: exit code 0, and no redirect.
    #[test]
    fn an_empty_location_leads_nowhere() {
        let next = Redirects::new(Limit::Unlimited).next(&job("GET", None), &redirect(302, ""));
        assert!(matches!(next, Ok(None)), "{next:?}");
    }

    #[test]
    fn credentials_stay_with_their_origin() {
        let mut asked = job("GET", None);
        asked.fields.push(("Authorization".into(), "Basic am9lOnB3".into()));
        for (name, value) in [("cookie", "k"), ("X-M", "y"), ("Host", "other.test")] {
            asked.headers.push((name.into(), value.into()));
        }
        let same = follow(&asked, &redirect(302, "/two")).request().headers;
        assert_eq!(
            (same.get("Authorization").as_deref(), same.get("Cookie").as_deref()),
            (Some("Basic am9lOnB3"), Some("k"))
        );
        for elsewhere in ["http://b.test/", "https://a.test/", "http://a.test:8080/"] {
            let next = follow(&asked, &redirect(302, elsewhere));
            let sent = next.request().headers;
            assert!(!sent.contains("Authorization") && !sent.contains("Cookie"), "{elsewhere}: {sent:?}");
            assert_eq!(sent.get("Host").as_deref(), Some(&*next.url.host_field()));
            assert_eq!(sent.get("X-M").as_deref(), Some("y"), "a field that is not a secret stays");
            let back = follow(&next, &redirect(302, "http://a.test/one"));
            assert!(!back.request().headers.contains("Authorization"), "not added again");
        }
    }

    #[test]
    fn the_limit_counts_what_was_followed() {
        let asked = job("GET", None);
        let again = redirect(302, "/one");
        let mut redirects = Redirects::new(Limit::Most(2));
        for _ in 0..2 {
            assert!(redirects.next(&asked, &again).is_ok_and(|next| next.is_some()));
        }
        let failure = redirects.next(&asked, &again).unwrap_err();
        assert_eq!((failure.exit_code(), redirects.followed), (47, 2), "{failure}");
        assert!(failure.message.contains("http://a.test/one"), "{failure}");
        assert!(matches!(Redirects::new(Limit::Off).next(&asked, &again), Ok(None)));
        assert!(matches!(Redirects::new(Limit::Most(9)).next(&asked, &Response::new(304)), Ok(None)));
        assert!(matches!(Redirects::new(Limit::Most(9)).next(&asked, &redirect(201, "/new")), Ok(None)));
    }

    #[test]
    fn a_location_that_cannot_be_fetched_has_curls_exit_code() {
        for (location, code) in [("ftp://a.test/", 1), ("http://", 3), ("http://a:b/", 3)] {
            let failure = Redirects::new(Limit::Unlimited)
                .next(&job("GET", None), &redirect(302, location))
                .unwrap_err();
            assert_eq!(failure.exit_code(), code, "{failure}");
        }
    }

    #[test]
    fn a_job_can_say_where_it_came_from() {
        let mut asked = Job::get("http://a.test/one#here", Trust::Nothing).unwrap();
        asked.refers = true;
        let next = follow(&asked, &redirect(302, "http://b.test/"));
        assert_eq!(next.request().headers.get("Referer").as_deref(), Some("http://a.test/one"));
        assert_eq!(next.url.with_fragment(), "http://b.test/#here");
    }
}
