//! A server on a free port with an empty database, and clients that speak to it.
//!
//! [`both!`] writes a test once and runs it on SQLite and on PostgreSQL. The PostgreSQL server is the one in
//! `CONCORD_TEST_POSTGRES`, which `make test` starts; `CONCORD_TEST_POSTGRES=skip` leaves those tests out.

#![allow(dead_code, reason = "every room uses its part")]

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use concord::args;
use concord::clock::Clock;
use concord::config::{Config, Limits};
use concord::projects::Role;
use concord::web::AppState;
use serde_json::Value as Json;

/// `both!(name, |app| { … })`: two tests, `name::sqlite` and `name::postgres`.
#[macro_export]
macro_rules! both {
    ($(#[$doc:meta])* $name:ident, |$app:ident| $body:block) => {
        $(#[$doc])*
        mod $name {
            #[allow(unused_imports, reason = "a test may need nothing of its file")]
            use super::*;
            async fn story($app: $crate::harness::TestApp) $body
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn sqlite() {
                story($crate::harness::TestApp::sqlite().await).await;
            }
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn postgres() {
                if let Some(app) = $crate::harness::TestApp::postgres().await {
                    story(app).await;
                }
            }
        }
    };
}

static COUNTER: AtomicU64 = AtomicU64::new(0);

/// A running server.
pub struct TestApp {
    pub state: AppState,
    pub base: String,
    folder: tempfile::TempDir,
    drop_database: Option<(String, String)>,
}

impl TestApp {
    pub async fn sqlite() -> TestApp {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}", folder.path().join("concord.db").display());
        TestApp::start(url, folder, None).await
    }

    pub async fn postgres() -> Option<TestApp> {
        let server = std::env::var("CONCORD_TEST_POSTGRES").expect(
            "CONCORD_TEST_POSTGRES is not set: run `make test`, or set it to a server's URL, or to `skip`",
        );
        if server == "skip" {
            return None;
        }
        let name = format!(
            "concord_test_{}_{}",
            std::process::id(),
            COUNTER.fetch_add(1, Ordering::Relaxed)
        );
        let pool = sqlx::PgPool::connect(&server).await.unwrap();
        sqlx::query(sqlx::AssertSqlSafe(format!("CREATE DATABASE {name}")))
            .execute(&pool)
            .await
            .unwrap();
        pool.close().await;
        let (head, _) = server.rsplit_once('/').unwrap();
        let folder = tempfile::tempdir().unwrap();
        Some(TestApp::start(format!("{head}/{name}"), folder, Some((server, name))).await)
    }

    async fn start(
        database_url: String,
        folder: tempfile::TempDir,
        drop_database: Option<(String, String)>,
    ) -> TestApp {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let base = format!("http://{address}");
        let config = Config {
            data: folder.path().to_owned(),
            listen: address,
            database_url,
            public_url: base.clone(),
            session_hours: 24,
            metrics_public: false,
            limits: Limits::default(),
            program: env!("CARGO_BIN_EXE_concord").into(),
        };
        let state = AppState::open(config, Clock::System).await.unwrap();
        let router = concord::web::router::router(&state);
        tokio::spawn(async move {
            axum::serve(
                listener,
                router.into_make_service_with_connect_info::<SocketAddr>(),
            )
            .await
            .unwrap();
        });
        TestApp {
            state,
            base,
            folder,
            drop_database,
        }
    }

    /// A second server on the same data, with other settings and a clock that the test moves.
    pub async fn beside(&self, change: impl FnOnce(&mut Config)) -> Beside {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let mut config = self.state.config.clone();
        change(&mut config);
        let clock = Arc::new(AtomicI64::new(self.state.now()));
        let state = AppState::open(config, Clock::Fixed(clock.clone()))
            .await
            .unwrap();
        let router = concord::web::router::router(&state);
        tokio::spawn(async move {
            axum::serve(
                listener,
                router.into_make_service_with_connect_info::<SocketAddr>(),
            )
            .await
            .unwrap();
        });
        Beside {
            state,
            base: format!("http://{address}"),
            clock,
        }
    }

    /// Somebody with an account and an API token, who sends it with every request.
    pub async fn user(&self, email: &str) -> Client {
        let name = email.split('@').next().unwrap();
        let mut tx = self.state.db.begin().await.unwrap();
        let id =
            concord::accounts::store::add_user(&mut tx, email, name, None, false, self.state.now())
                .await
                .unwrap();
        let token =
            concord::accounts::store::add_token(&mut tx, id, "test", None, self.state.now())
                .await
                .unwrap();
        tx.commit().await.unwrap();
        Client {
            id,
            base: self.base.clone(),
            http: reqwest::Client::builder()
                .redirect(reqwest::redirect::Policy::none())
                .build()
                .unwrap(),
            token: Some(token),
            cookie: None,
        }
    }

    /// The same person with a session cookie, as a browser would be.
    pub async fn browser(&self, user: &Client) -> Client {
        let mut tx = self.state.db.begin().await.unwrap();
        let session =
            concord::accounts::store::begin_session(&mut tx, user.id, "test", 24, self.state.now())
                .await
                .unwrap();
        tx.commit().await.unwrap();
        Client {
            token: None,
            cookie: Some(format!("concord_session={session}")),
            ..user.clone()
        }
    }

    /// Nobody in particular.
    pub fn stranger(&self) -> Client {
        Client {
            id: 0,
            base: self.base.clone(),
            http: reqwest::Client::builder()
                .redirect(reqwest::redirect::Policy::none())
                .build()
                .unwrap(),
            token: None,
            cookie: None,
        }
    }

    /// A project of that owner.
    pub async fn project(&self, owner: &Client) -> i64 {
        let mut tx = self.state.db.begin().await.unwrap();
        let id = concord::projects::store::create(&mut tx, "Study", "", owner.id, self.state.now())
            .await
            .unwrap();
        tx.commit().await.unwrap();
        id
    }

    /// A new user who is a member with that role.
    pub async fn member(&self, project: i64, email: &str, role: Role) -> Client {
        let user = self.user(email).await;
        let mut tx = self.state.db.begin().await.unwrap();
        concord::projects::store::add_member(&mut tx, project, user.id, role, self.state.now())
            .await
            .unwrap();
        tx.commit().await.unwrap();
        user
    }

    /// One number from the database.
    pub async fn count(&self, sql: &'static str) -> i64 {
        self.state.db.one::<(i64,)>(sql, args![]).await.unwrap().0
    }
}

/// See [`TestApp::beside`].
pub struct Beside {
    pub state: AppState,
    pub base: String,
    clock: Arc<AtomicI64>,
}

impl Beside {
    /// Lets time pass.
    pub fn pass(&self, milliseconds: i64) {
        self.clock.fetch_add(milliseconds, Ordering::SeqCst);
    }
}

impl Drop for TestApp {
    fn drop(&mut self) {
        if let Some((server, name)) = self.drop_database.take() {
            // Dropped by a thread of its own: the test's runtime is ending.
            let _ = std::thread::spawn(move || {
                let runtime = tokio::runtime::Builder::new_current_thread()
                    .enable_all()
                    .build()
                    .unwrap();
                runtime.block_on(async move {
                    if let Ok(pool) = sqlx::PgPool::connect(&server).await {
                        let _ = sqlx::query(sqlx::AssertSqlSafe(format!(
                            "DROP DATABASE IF EXISTS {name} WITH (FORCE)"
                        )))
                        .execute(&pool)
                        .await;
                    }
                });
            })
            .join();
        }
    }
}

/// Somebody who sends requests. Paths that begin with `/api` or anything else are taken as they are.
#[derive(Clone)]
pub struct Client {
    pub id: i64,
    pub base: String,
    pub http: reqwest::Client,
    pub token: Option<String>,
    pub cookie: Option<String>,
}

/// What came back.
pub struct Answer {
    pub status: u16,
    pub headers: reqwest::header::HeaderMap,
    pub bytes: Vec<u8>,
}

impl Answer {
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }
    pub fn json(&self) -> Json {
        serde_json::from_slice(&self.bytes)
            .unwrap_or_else(|_| panic!("not JSON ({}): {}", self.status, self.text()))
    }
    pub fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .and_then(|v| v.to_str().ok())
            .unwrap_or_default()
    }
    /// Insists on a status, showing the answer otherwise.
    #[track_caller]
    pub fn expect(self, status: u16) -> Answer {
        assert_eq!(self.status, status, "{}", self.text());
        self
    }
}

impl Client {
    /// The same person at a second server.
    pub fn at(&self, other: &Beside) -> Client {
        Client {
            base: other.base.clone(),
            ..self.clone()
        }
    }
    pub fn request(&self, method: &str, path: &str) -> reqwest::RequestBuilder {
        let method = reqwest::Method::from_bytes(method.as_bytes()).unwrap();
        let mut request = self.http.request(method, format!("{}{path}", self.base));
        if let Some(token) = &self.token {
            request = request.bearer_auth(token);
        }
        if let Some(cookie) = &self.cookie {
            request = request.header("cookie", cookie);
        }
        request
    }
    pub async fn send(&self, request: reqwest::RequestBuilder) -> Answer {
        let response = request.send().await.unwrap();
        Answer {
            status: response.status().as_u16(),
            headers: response.headers().clone(),
            bytes: response.bytes().await.unwrap().to_vec(),
        }
    }
    pub async fn get(&self, path: &str) -> Answer {
        self.send(self.request("GET", path)).await
    }
    pub async fn post(&self, path: &str, body: Json) -> Answer {
        self.send(self.request("POST", path).json(&body)).await
    }
    pub async fn put(&self, path: &str, body: Json) -> Answer {
        self.send(self.request("PUT", path).json(&body)).await
    }
    pub async fn patch(&self, path: &str, body: Json) -> Answer {
        self.send(self.request("PATCH", path).json(&body)).await
    }
    pub async fn delete(&self, path: &str) -> Answer {
        self.send(self.request("DELETE", path)).await
    }
    /// A form, as a page's own script-free form sends it.
    pub async fn form(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        self.send(self.request("POST", path).form(fields)).await
    }
}
