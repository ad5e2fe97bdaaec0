//! Authlib (Python), really running.

at_a_real_server!(Authlib, missing: (400, "access_denied"), wrong: (400, "access_denied"));
