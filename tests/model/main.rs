//! The rules over memory: the evidence check and the life of a request, edge by edge and at
//! random.

mod evidence;
mod lifecycle;
