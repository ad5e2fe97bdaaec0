//! Safire against real servers, one file per requirement.

mod servers_offer_registration;
