mod assertion;
mod basic_header;
mod choice_of_method;
mod planted_secrets;
mod signed_assertion;
