//! The runs that this browser keeps, in its `IndexedDB`: for each a title, how many branches it has, when it was last
//! looked at, and its bytes.
//!
//! The shelf may be missing, as in a private window or a sandboxed frame; then every call tells so, and nothing else fails.

use idb::{Database, DatabaseEvent as _, Factory, ObjectStoreParams, Query, TransactionMode};
use js_sys::{Array, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};

/// The names of the database and of its two stores: what the list shows, and the bytes.
const DATABASE: &str = "replicarium";
const ENTRIES: &str = "runs";
const BYTES: &str = "bytes";
const VERSION: u32 = 1;

/// How many runs are kept: the one that was not looked at for longest goes first.
const MOST: usize = 30;

/// One run as the list shows it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Entry {
    pub(crate) id: String,
    pub(crate) title: String,
    pub(crate) branches: u32,
    /// When it was last looked at, in milliseconds since 1970.
    pub(crate) at_ms: f64,
}

impl Entry {
    fn to_js(&self) -> JsValue {
        let values = [
            JsValue::from_str(&self.title),
            JsValue::from_f64(f64::from(self.branches)),
            JsValue::from_f64(self.at_ms),
            JsValue::from_str(&self.id),
        ];
        values.into_iter().collect::<Array>().into()
    }

    fn from_js(value: &JsValue) -> Option<Self> {
        let values: &Array = value.dyn_ref()?;
        // A number of branches is small and not negative.
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let branches = values.get(1).as_f64()?.clamp(0.0, 1e6) as u32;
        Some(Self {
            title: values.get(0).as_string()?,
            branches,
            at_ms: values.get(2).as_f64()?,
            id: values.get(3).as_string()?,
        })
    }
}

async fn open() -> Result<Database, idb::Error> {
    let mut request = Factory::new()?.open(DATABASE, Some(VERSION))?;
    request.on_upgrade_needed(|event| {
        if let Ok(database) = event.database() {
            for store in [ENTRIES, BYTES] {
                // If a store can't be made, keeping anything will fail, and say so.
                database.create_object_store(store, ObjectStoreParams::new()).ok();
            }
        }
    });
    request.await
}

/// Keeps a run in the place of what was kept of it before.
pub(crate) async fn keep(entry: &Entry, bytes: &[u8]) -> Result<(), idb::Error> {
    let database = open().await?;
    let transaction = database.transaction(&[ENTRIES, BYTES], TransactionMode::ReadWrite)?;
    let key = JsValue::from_str(&entry.id);
    transaction.object_store(ENTRIES)?.put(&entry.to_js(), Some(&key))?;
    transaction.object_store(BYTES)?.put(&Uint8Array::from(bytes).into(), Some(&key))?;
    transaction.commit()?.await?;
    database.close();
    let kept = list().await?;
    for old in kept.iter().skip(MOST) {
        forget(&old.id).await?;
    }
    Ok(())
}

/// All that are kept, the one that was looked at last first.
pub(crate) async fn list() -> Result<Vec<Entry>, idb::Error> {
    let database = open().await?;
    let transaction = database.transaction(&[ENTRIES], TransactionMode::ReadOnly)?;
    let values = transaction.object_store(ENTRIES)?.get_all(None, None)?.await?;
    transaction.await?;
    database.close();
    let mut entries: Vec<Entry> = values.iter().filter_map(Entry::from_js).collect();
    entries.sort_by(|one, other| other.at_ms.total_cmp(&one.at_ms));
    Ok(entries)
}

/// The bytes of a run, if it is kept.
pub(crate) async fn load(id: &str) -> Result<Option<Vec<u8>>, idb::Error> {
    let database = open().await?;
    let transaction = database.transaction(&[BYTES], TransactionMode::ReadOnly)?;
    let value = transaction.object_store(BYTES)?.get(Query::Key(JsValue::from_str(id)))?.await?;
    transaction.await?;
    database.close();
    Ok(value.and_then(|value| value.dyn_into::<Uint8Array>().ok()).map(|bytes| bytes.to_vec()))
}

/// Keeps a run no longer.
pub(crate) async fn forget(id: &str) -> Result<(), idb::Error> {
    let database = open().await?;
    let transaction = database.transaction(&[ENTRIES, BYTES], TransactionMode::ReadWrite)?;
    for store in [ENTRIES, BYTES] {
        transaction.object_store(store)?.delete(Query::Key(JsValue::from_str(id)))?;
    }
    transaction.commit()?.await?;
    database.close();
    Ok(())
}
