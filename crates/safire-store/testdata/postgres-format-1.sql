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
-- Data for Name: history; Type: TABLE DATA; Schema: safire; Owner: -
--

INSERT INTO safire.history OVERRIDING SYSTEM VALUE VALUES (1, '2026-11-25 23:23:24.733715+00', 'rbaaaaaaaaaaaaaa', 'inserted', NULL, 'registered', NULL, 'the sample');
INSERT INTO safire.history OVERRIDING SYSTEM VALUE VALUES (2, '2026-11-25 23:23:24.74922+00', 'rcaaaaaaaaaaaaaa', 'inserted', NULL, 'in-doubt', NULL, 'the sample');
INSERT INTO safire.history OVERRIDING SYSTEM VALUE VALUES (3, '2026-11-25 23:23:24.750757+00', 'rbaaaaaaaaaaaaaa', 'token-put', NULL, NULL, 'login', 'the sample');


--
-- Data for Name: lease; Type: TABLE DATA; Schema: safire; Owner: -
--



--
-- Data for Name: meta; Type: TABLE DATA; Schema: safire; Owner: -
--

INSERT INTO safire.meta VALUES (1, 1, 'cd7f0037', '\x62a2cfe5031a231c3bf62f2fe3cf17f2c4b3f6600917478c333e2018b6f6ecc50da948fedeb20c56c84fae86ad557748a4f1608cd3');


--
-- Data for Name: registration; Type: TABLE DATA; Schema: safire; Owner: -
--

INSERT INTO safire.registration OVERRIDING SYSTEM VALUE VALUES (1, 'rbaaaaaaaaaaaaaa', 'smart', 'https://fhir.example.com/r4', 'https://fhir.example.com/r4', 'print-1', 'registered', 'c1', 'Sample', 1700000000, 1700000000, 'cd7f0037', '\xe0859168578cf671449442aa5389451042891fce1f0731e69ccbbc530a50b994412c6625b684f203631391f0ceff2f6af1080e33c0bba599bdad3dcc0d53ecd73c979e46d5f12a183f8ea95d8197db61db7697527e6e9262f9f93f7dc89b3a448da8349d76b63926481a6a0fbf9a70b38ce1e02e27b92b7a3df4c2d091fae698d63c0b14a8b4ec1c666d902c2863c081a84aaec63e65f4b5096040571063dbb32abed51d8d2dcad90f9b1520b6b0b0665213f142c87e65706172531cb09269ca405c681256c832075a93c67264a08bebea7e0c5772edb56a3bf5dc11971659578fe6dae772fcec14b395b57d06385821029fa4081ad5c5d5559486d3a9a78249ebfc708c55dff9791f8d361137ef210e20fbc33cdd5ae63a1a9403af55c250e614641cbeec9335a51e986915863dfd328ea1bfcd2862821501b67fce5616f98a279ec169cd840609d1c5e683657cf0a614840516e93b9690f6e8ae1bc67fd5dff9b846cf89fe361c516f5237e3962f8235c7944a850de7aa265ead1e4635b54d625fe916a2f32aba9f');
INSERT INTO safire.registration OVERRIDING SYSTEM VALUE VALUES (2, 'rcaaaaaaaaaaaaaa', 'smart', 'https://fhir.example.com/r4', 'https://fhir.example.com/r4', 'print-2', 'in-doubt', NULL, 'Sample', 1700000000, 1700000000, 'cd7f0037', '\x4c5a211cfd8f79483f51512a0aba05f9eb7eb819d76eac63248645048e04417ff16648cda7e64489d780891fd06efd94050f944e5ac5bb7a03f7ea08b4957f028f23bfc4f709ba4affc968410bef7401a488dab504543c1695b927374a3f7a1808246867d9acc645045f848780c70dd5297cbe620dc73f19aaf906bdb9bb00c7471d67c7d71ef1184db432912f4b53f54ea635c289eacd75908dcf6c5f8f43f94bf1248f');


--
-- Data for Name: token; Type: TABLE DATA; Schema: safire; Owner: -
--

INSERT INTO safire.token VALUES ('rbaaaaaaaaaaaaaa', 'login', 1, 1700000000, 'cd7f0037', '\xb3ab6754225ec5a37ff7166094cf8eba6241b7c4dcbe21a1ca0df1a94e2c1c3ba353dbda180a0011893df1af8f25d2787e9dc980516724273e3bc994375843dba8199c450d7d3b97b5c281ba3d89316ba8dd46440be11d87c1dc349994a888ba33986f1af0db03927892ec90d49e7ffce4ab44c5c6da2d568add2dfbb4f94084d33b722bb633ba8324f17a5acf93b991ba98d69ca160c4d88e8a9729e8181f4a20ac714a675ef77916eb4f0c7d9ea1c1430d524df42cb3d6ea2aca1d41aec8ee9c5c46ada35982b45e28280c51965b5cb265703516515dcf7a037c2496');


--
-- Name: history_seq_seq; Type: SEQUENCE SET; Schema: safire; Owner: -
--

SELECT pg_catalog.setval('safire.history_seq_seq', 3, true);


--
-- Name: registration_seq_seq; Type: SEQUENCE SET; Schema: safire; Owner: -
--

SELECT pg_catalog.setval('safire.registration_seq_seq', 2, true);


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
-- Name: token token_record_fkey; Type: FK CONSTRAINT; Schema: safire; Owner: -
--

ALTER TABLE ONLY safire.token
    ADD CONSTRAINT token_record_fkey FOREIGN KEY (record) REFERENCES safire.registration(id) ON DELETE CASCADE;


--
-- PostgreSQL database dump complete
--

