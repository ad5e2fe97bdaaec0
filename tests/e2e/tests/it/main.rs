//! Safire against authorization servers that we did not write.

mod authlib;
mod killed_before_the_commit;
mod oidc_provider;
mod servers_offer_registration;
mod steps;
