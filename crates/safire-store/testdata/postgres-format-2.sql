--
-- PostgreSQL database dump
--


-- Dumped from database version 15.18 (Debian 15.18-0+deb12u1)
-- Dumped by pg_dump version 15.18 (Debian 15.18-0+deb12u1)

SET statement_timeout = 0;
SET lock_timeout = 0;
SET idle_in_transaction_session_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);
SET check_function_bodies = false;
SET xmloption = content;
SET client_min_messages = warning;
SET row_security = off;

--
-- Name: safire; Type: SCHEMA; Schema: -; Owner: -
--

CREATE SCHEMA safire;


SET default_tablespace = '';

SET default_table_access_method = heap;

--
-- Name: fleet; Type: TABLE; Schema: safire; Owner: -
--

CREATE TABLE safire.fleet (
    id text NOT NULL,
    kind text NOT NULL,
    loaded boolean NOT NULL,
    created_at bigint NOT NULL
);


--
-- Name: fleet_row; Type: TABLE; Schema: safire; Owner: -
--

CREATE TABLE safire.fleet_row (
    fleet text NOT NULL,
    number bigint NOT NULL,
    line bigint NOT NULL,
    entry bigint,
    base text NOT NULL,
    base_key text,
    host text NOT NULL,
    key_id text,
    sealed bytea,
    worker text,
    share text,
    until timestamp with time zone,
    attempt bigint NOT NULL,
    outcome text,
    code text,
    vendor text,
    record text,
    ended_at bigint
);


--
-- Name: history; Type: TABLE; Schema: safire; Owner: -
--

CREATE TABLE safire.history (
    seq bigint NOT NULL,
    at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    record text NOT NULL,
    what text NOT NULL,
    was text,
    becomes text,
    slot text,
    actor text NOT NULL
);


--
-- Name: history_seq_seq; Type: SEQUENCE; Schema: safire; Owner: -
--

ALTER TABLE safire.history ALTER COLUMN seq ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME safire.history_seq_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: lease; Type: TABLE; Schema: safire; Owner: -
--

CREATE TABLE safire.lease (
    record text NOT NULL,
    slot text NOT NULL,
    owner text NOT NULL,
    until timestamp with time zone NOT NULL
);


--
-- Name: meta; Type: TABLE; Schema: safire; Owner: -
--

CREATE TABLE safire.meta (
    one integer NOT NULL,
    format bigint NOT NULL,
    key_id text NOT NULL,
    key_check bytea NOT NULL,
    CONSTRAINT meta_one_check CHECK ((one = 1))
);


--
-- Name: registration; Type: TABLE; Schema: safire; Owner: -
--

CREATE TABLE safire.registration (
    seq bigint NOT NULL,
    id text NOT NULL,
    protocol text NOT NULL,
    base_url text NOT NULL,
    base_key text NOT NULL,
    fingerprint text,
    state text NOT NULL,
    client_id text,
    client_name text,
    created_at bigint NOT NULL,
    updated_at bigint NOT NULL,
    key_id text NOT NULL,
    sealed bytea NOT NULL
);


--
-- Name: registration_seq_seq; Type: SEQUENCE; Schema: safire; Owner: -
--

ALTER TABLE safire.registration ALTER COLUMN seq ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME safire.registration_seq_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: token; Type: TABLE; Schema: safire; Owner: -
--

CREATE TABLE safire.token (
    record text NOT NULL,
    slot text NOT NULL,
    generation bigint NOT NULL,
    updated_at bigint NOT NULL,
    key_id text NOT NULL,
    sealed bytea NOT NULL
);


--
-- Data for Name: fleet; Type: TABLE DATA; Schema: safire; Owner: -
--

INSERT INTO safire.fleet VALUES ('f74a780d4b27474c831e8ad924dd466e9', 'register', true, 1790000000);


--
-- Data for Name: fleet_row; Type: TABLE DATA; Schema: safire; Owner: -
--

INSERT INTO safire.fleet_row VALUES ('f74a780d4b27474c831e8ad924dd466e9', 2, 3, 2, 'https://h2.example.com', 'https://h2.example.com', 'h2.example.com:443', 'cd7f0037', '\x6dab39c24bc0c36091514480029d2695dbebdf859f318a7e8edd1617a3d909d864ea75cbacd21b06eeb023ea5ea2a682a6bb76052b8cc4573017bbf4cee3d31b673543bf1d95922607304a507c6ee9ca6650f962a17014f4ac6b0a12ef222f834a112a3cec502f2978458d528ce551dd0c410f4bacce5c6e4f53b18a6c838b', NULL, NULL, NULL, 0, NULL, NULL, NULL, NULL, NULL);
INSERT INTO safire.fleet_row VALUES ('f74a780d4b27474c831e8ad924dd466e9', 3, 4, 3, 'https://h3.example.com', 'https://h3.example.com', 'h3.example.com:443', 'cd7f0037', '\xbdaeca1c204346424c51b12fca41f12e0df438f143d55f63cad475c0c139db667dfb8ab07e48290905fe1533c67c47e9fd8c0d3d716976c0c68547967a0cca7ebb6c30fab12f26e4bd0e000b29011b03d40920d8e46ac2d7f6e75045425a6c5b7581470f31a9d3194dc452364ce8e00abc9d852d8925b7b8a2a88bc8b3a716', NULL, NULL, NULL, 0, NULL, NULL, NULL, NULL, NULL);
INSERT INTO safire.fleet_row VALUES ('f74a780d4b27474c831e8ad924dd466e9', 1, 2, 1, 'https://h1.example.com', 'https://h1.example.com', 'h1.example.com:443', NULL, NULL, '01010101010101010101010101010101', NULL, NULL, 1, 'registered', NULL, NULL, 'raaaaaaaaaaaaaaa', 1790000000);


--
-- Data for Name: history; Type: TABLE DATA; Schema: safire; Owner: -
--

INSERT INTO safire.history OVERRIDING SYSTEM VALUE VALUES (1, '2026-11-26 00:04:25.702366+00', 'rbaaaaaaaaaaaaaa', 'inserted', NULL, 'registered', NULL, 'the sample');
INSERT INTO safire.history OVERRIDING SYSTEM VALUE VALUES (2, '2026-11-26 00:04:25.714021+00', 'rcaaaaaaaaaaaaaa', 'inserted', NULL, 'in-doubt', NULL, 'the sample');
INSERT INTO safire.history OVERRIDING SYSTEM VALUE VALUES (3, '2026-11-26 00:04:25.717696+00', 'rbaaaaaaaaaaaaaa', 'token-put', NULL, NULL, 'login', 'the sample');


--
-- Data for Name: lease; Type: TABLE DATA; Schema: safire; Owner: -
--



--
-- Data for Name: meta; Type: TABLE DATA; Schema: safire; Owner: -
--

INSERT INTO safire.meta VALUES (1, 2, 'cd7f0037', '\xbef6a59d6e7b6b5e2dab1b89466d346e032ad98ee98ef5afddb40c3d0866be85d8acc9452ca87e9bd78eac3e5a44d5dda5c987a109');


--
-- Data for Name: registration; Type: TABLE DATA; Schema: safire; Owner: -
--

INSERT INTO safire.registration OVERRIDING SYSTEM VALUE VALUES (1, 'rbaaaaaaaaaaaaaa', 'smart', 'https://fhir.example.com/r4', 'https://fhir.example.com/r4', 'print-1', 'registered', 'c1', 'Sample', 1700000000, 1700000000, 'cd7f0037', '\xf0fbd17857adb6507c79b622ee54542998e5841d1d60923d7f879e67b79c3306fc54255e2ce35dae86805fb5511228dde2f13f18162033222b3b5a2ba9ddf5a39decea0f3308a1e34594f09a58ae6a009f20295bae7e048607f725d66d04427d4748f24c4c5680895828a0723150136912163205fc2c09bba9618cde84922b9c427ad9d8d8b7cd5ba53c231071aec14facc1459c64e27bd7fc4a37893e0dbfc451cba5d5b3a9f477ad4138c62df8b32b62079442018b7d1c119836705a85d5e03ed098e8c52d5a3cf59fc173862ce901a13b4f0365a4d4c197ff4cfb541f4e0b1a4b6559402376d1f69a967d9d99bb343077b04fda2002bf5b722e3101ac694fecd5c2ba1de603f00e4783f3321f35765d621e80e3823cf3cfc869aba3259f2f9b09f6bface2fba7fe9563c7677161926deced444be6d57c65aec8f575e99ad01e63bcc3f3445e4bfb39bfc6e151ce8708fac95558a4340ca7f63c60d76bcd16717c0a25d6c973fbb869024c1c65741deb29d7eea3b0262b9221c2726fc84c53eac273aa0f4d1a87ad');
INSERT INTO safire.registration OVERRIDING SYSTEM VALUE VALUES (2, 'rcaaaaaaaaaaaaaa', 'smart', 'https://fhir.example.com/r4', 'https://fhir.example.com/r4', 'print-2', 'in-doubt', NULL, 'Sample', 1700000000, 1700000000, 'cd7f0037', '\x5273bfb2940d3530367a0da9af55119cb944c406739aff49edea7f54bb6209ee0a1ff72d6cdb28bc42efcefb7b9bf74bc60b08bbac1e3e26d6311707204364cd876809a8a345d9d713e1b631eb589da11bf6efdd9911aa76ce47da8550b0729144611ec0559c3d7610a0081fb8dbbce83dda5507908bab1b0e2db867f5ded39af71f1acc32c08e2cc6bed3608c305e7c60113eb06babf8761a08eb1cf7be64f48231465f');


--
-- Data for Name: token; Type: TABLE DATA; Schema: safire; Owner: -
--

INSERT INTO safire.token VALUES ('rbaaaaaaaaaaaaaa', 'login', 1, 1700000000, 'cd7f0037', '\xed0cf69f7b2417f9449a79200e4bf83fee47d691ec26ea5b3da5c725e6dffd93dbe3993aefa81fbd8adca8892d5a68cedcdff22736fb90a9363d4c30d8e66867a81e409dd2b44a9a837a5c66d24b16a9e53ba19de5e506d48167f92230266a5f10d625bb8fedaa201db48130888eefde443b0a4d465f43c8a9790ff68532a572ceec0b5342e441f49448539b594b3b6fefa31ff9bc043f1803a9d226eeddcfaffac4d6f8f3291bc3db2c4c5ac1daa6254bc15d667ce96757c6a998778428d90321b44e3d55321b6073c0704edbe44a423886c092ef970197c4cc04403e');


--
-- Name: history_seq_seq; Type: SEQUENCE SET; Schema: safire; Owner: -
--

SELECT pg_catalog.setval('safire.history_seq_seq', 3, true);


--
-- Name: registration_seq_seq; Type: SEQUENCE SET; Schema: safire; Owner: -
--

SELECT pg_catalog.setval('safire.registration_seq_seq', 2, true);


--
-- Name: fleet fleet_pkey; Type: CONSTRAINT; Schema: safire; Owner: -
--

ALTER TABLE ONLY safire.fleet
    ADD CONSTRAINT fleet_pkey PRIMARY KEY (id);


--
-- Name: fleet_row fleet_row_pkey; Type: CONSTRAINT; Schema: safire; Owner: -
--

ALTER TABLE ONLY safire.fleet_row
    ADD CONSTRAINT fleet_row_pkey PRIMARY KEY (fleet, number);


--
-- Name: history history_pkey; Type: CONSTRAINT; Schema: safire; Owner: -
--

ALTER TABLE ONLY safire.history
    ADD CONSTRAINT history_pkey PRIMARY KEY (seq);


--
-- Name: lease lease_pkey; Type: CONSTRAINT; Schema: safire; Owner: -
--

ALTER TABLE ONLY safire.lease
    ADD CONSTRAINT lease_pkey PRIMARY KEY (record, slot);


--
-- Name: meta meta_pkey; Type: CONSTRAINT; Schema: safire; Owner: -
--

ALTER TABLE ONLY safire.meta
    ADD CONSTRAINT meta_pkey PRIMARY KEY (one);


--
-- Name: registration registration_id_key; Type: CONSTRAINT; Schema: safire; Owner: -
--

ALTER TABLE ONLY safire.registration
    ADD CONSTRAINT registration_id_key UNIQUE (id);


--
-- Name: registration registration_pkey; Type: CONSTRAINT; Schema: safire; Owner: -
--

ALTER TABLE ONLY safire.registration
    ADD CONSTRAINT registration_pkey PRIMARY KEY (seq);


--
-- Name: token token_pkey; Type: CONSTRAINT; Schema: safire; Owner: -
--

ALTER TABLE ONLY safire.token
    ADD CONSTRAINT token_pkey PRIMARY KEY (record, slot);


--
-- Name: fleet_row_again; Type: INDEX; Schema: safire; Owner: -
--

CREATE INDEX fleet_row_again ON safire.fleet_row USING btree (fleet, number) WHERE (outcome = 'unreachable'::text);


--
-- Name: fleet_row_base; Type: INDEX; Schema: safire; Owner: -
--

CREATE UNIQUE INDEX fleet_row_base ON safire.fleet_row USING btree (fleet, base_key) WHERE (base_key IS NOT NULL);


--
-- Name: fleet_row_open; Type: INDEX; Schema: safire; Owner: -
--

CREATE INDEX fleet_row_open ON safire.fleet_row USING btree (fleet, number) WHERE (outcome IS NULL);


--
-- Name: history_record; Type: INDEX; Schema: safire; Owner: -
--

CREATE INDEX history_record ON safire.history USING btree (record, seq);


--
-- Name: registration_base_key; Type: INDEX; Schema: safire; Owner: -
--

CREATE INDEX registration_base_key ON safire.registration USING btree (base_key);


--
-- Name: registration_fingerprint; Type: INDEX; Schema: safire; Owner: -
--

CREATE INDEX registration_fingerprint ON safire.registration USING btree (fingerprint) WHERE (fingerprint IS NOT NULL);


--
-- Name: fleet_row fleet_row_fleet_fkey; Type: FK CONSTRAINT; Schema: safire; Owner: -
--

ALTER TABLE ONLY safire.fleet_row
    ADD CONSTRAINT fleet_row_fleet_fkey FOREIGN KEY (fleet) REFERENCES safire.fleet(id) ON DELETE CASCADE;


--
-- Name: token token_record_fkey; Type: FK CONSTRAINT; Schema: safire; Owner: -
--

ALTER TABLE ONLY safire.token
    ADD CONSTRAINT token_record_fkey FOREIGN KEY (record) REFERENCES safire.registration(id) ON DELETE CASCADE;


--
-- PostgreSQL database dump complete
--

