//! Tests of the command as its users run it: the built binary, its stdout, stderr and exit code.

#![cfg(test)]

mod browser;
mod harness;
mod script;

mod basic_encoding;
mod completions_and_man;
mod crash;
mod demo;
mod deviations;
mod discover;
mod done_when_5;
mod done_when_5_local;
mod environment;
mod errors_in_json;
mod every_store_command;
mod fhir;
mod fleet;
mod fleet_lost;
mod fleet_shared;
mod full_disk;
mod held_login;
mod help;
mod interrupted;
mod keys;
mod login;
mod login_at_sandbox;
mod login_callback;
mod login_in_chromium;
mod login_refused;
mod management;
mod managing_interrupted;
mod many_bases;
mod next_step;
mod one_json_document;
mod one_way;
mod postgres;
mod re_register;
mod register;
mod register_local_rules;
mod registration_by_hand;
mod registrations;
mod registrations_check;
mod rotate_key;
mod sandbox;
mod secrets_never_show;
mod stdin;
mod stdout;
mod store_commands;
mod store_errors;
mod token;
mod udap;
