//! Calls about all tenants.

use std::fmt::Write;
use std::sync::Arc;

use http::Method;
use http::StatusCode;
use http::header::ALLOW;
use serde::Serialize;

use super::World;
use crate::asked::Asked;
use crate::counts::Counts;
use crate::reply::Reply;
use crate::state::State;

/// Answers `/_control/tenants` and `/_control/fhir-bases`, or `None` for other paths.
pub(crate) fn answer(world: &World, state: &Arc<State>, asked: &Asked) -> Option<Reply> {
    let tell = match asked.path.strip_prefix("/_control/")? {
        "tenants" => tenants,
        "fhir-bases" => fhir_bases,
        _ => return None,
    };
    if !Arc::ptr_eq(state, &world.root) {
        return None;
    }
    if asked.method != Method::GET {
        return Some(Reply::new(StatusCode::METHOD_NOT_ALLOWED).with_header(ALLOW, "GET"));
    }
    Some(tell(world))
}

#[derive(Serialize)]
struct All {
    tenants: u32,
    touched: usize,
    total: Counts,
    each: Vec<One>,
}

#[derive(Serialize)]
struct One {
    tenant: u32,
    fhir_base: String,
    manner: Option<&'static str>,
    counts: Counts,
}

/// The counts of all together, and of each tenant that had anything to do.
fn tenants(world: &World) -> Reply {
    let each: Vec<One> = (0..world.tenants())
        .filter_map(|tenant| {
            let state = world.touched(tenant)?;
            let manner = world.manner(tenant).map(super::manner::Manner::name);
            Some(One { tenant, fhir_base: state.fhir_base(), manner, counts: state.counts() })
        })
        .collect();
    let all = All { tenants: world.tenants(), touched: each.len(), total: world.root.counts(), each };
    Reply::json(StatusCode::OK, &all)
}

/// The FHIR base of each tenant, one a line.
fn fhir_bases(world: &World) -> Reply {
    let mut list = String::new();
    for tenant in 0..world.tenants() {
        // Writing to a string cannot fail.
        let _ = writeln!(list, "{}{}/fhir", world.origin(tenant), World::path(tenant));
    }
    Reply::new(StatusCode::OK).with_body("text/plain", list)
}
