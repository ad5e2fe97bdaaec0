//! Safire against authorization servers that we did not write.

mod authlib;
mod oidc_provider;
mod servers_offer_registration;
mod steps;
