//! PDF.
use super::{Extracted, Limits, Problem};
pub(crate) fn read(_bytes: &[u8], _limits: &Limits) -> Result<Extracted, Problem> {
    Err(Problem::damaged("not yet"))
}
