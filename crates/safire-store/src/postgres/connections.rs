//! The pool of connections, and the time that anything may take.

use std::time::Duration;

use deadpool_postgres::Client;
use deadpool_postgres::Hook;
use deadpool_postgres::HookError;
use deadpool_postgres::Manager;
use deadpool_postgres::ManagerConfig;
use deadpool_postgres::Object;
use deadpool_postgres::Pool;
use deadpool_postgres::RecyclingMethod;
use deadpool_postgres::Runtime;
use tokio::time::Timeout;
use tokio::time::error::Elapsed;

use crate::postgres::address::Address;
use crate::postgres::tls::Tls;
use crate::postgres::trouble::Trouble;

/// The connections of one store.
#[derive(Debug, Clone)]
pub(crate) struct Connections {
    pool: Pool,
    limit: Duration,
}

/// The server ends what takes too long, even when nobody listens any more. What is committed is on its disk: a server
/// that is set to less is told so; one that is set to more, such as a synchronous standby, stays as it is.
const SETTINGS: &str = "
    SET statement_timeout = '10s';
    SET lock_timeout = '8s';
    SET idle_in_transaction_session_timeout = '30s';
    SELECT set_config('synchronous_commit', 'on', false)
        WHERE current_setting('synchronous_commit') IN ('off', 'local');
";

impl Connections {
    /// Prepares the pool; nothing is connected yet. The text says what is wrong.
    pub(crate) fn new(address: &Address, most: usize, limit: Duration) -> Result<Self, String> {
        let tls = Tls::new(&address.security)?;
        // A connection that is known to be closed is replaced; one that turns out to be is tried again by the store.
        let config = ManagerConfig { recycling_method: RecyclingMethod::Fast };
        let manager = Manager::from_config(address.config.clone(), tls, config);
        let settle = Hook::async_fn(|client: &mut deadpool_postgres::ClientWrapper, _| {
            Box::pin(async move { client.batch_execute(SETTINGS).await.map_err(HookError::Backend) })
        });
        let pool = Pool::builder(manager)
            .max_size(most.max(1))
            .runtime(Runtime::Tokio1)
            .wait_timeout(Some(limit))
            .create_timeout(Some(limit))
            .recycle_timeout(Some(limit))
            .post_create(settle)
            .build();
        pool.map(|pool| Self { pool, limit }).map_err(|error| error.to_string())
    }

    pub(crate) async fn client(&self) -> Result<Client, Trouble> {
        self.pool.get().await.map_err(Trouble::Connection)
    }

    /// Gives the work as long as an answer may take.
    pub(crate) fn timely<F: Future>(&self, work: F) -> Timeout<F> {
        tokio::time::timeout(self.limit, work)
    }
}

/// What came of the work; a connection that stayed silent does not go back to the others.
pub(crate) fn settle<T>(client: Client, done: Result<Result<T, Trouble>, Elapsed>) -> Result<T, Trouble> {
    done.unwrap_or_else(|_| {
        drop(Object::take(client));
        Err(Trouble::Late)
    })
}
