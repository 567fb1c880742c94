//! Certificates for the lab's servers, made by openssl: one that is good, and one for each way of being bad.

use crate::lab::Lab;
use crate::process::must;

/// The name every good server has.
pub(crate) const HOST: &str = "www.live.test";

/// A certificate and its key, as paths.
pub(crate) struct Identity {
    pub(crate) certificate: String,
    pub(crate) key: String,
}

/// A root of trust, in `<name>.pem`.
pub(crate) struct Authority<'a> {
    lab: &'a Lab,
    name: &'a str,
}

impl<'a> Authority<'a> {
    /// A new root, valid for ten years.
    pub(crate) fn new(lab: &'a Lab, name: &'a str) -> Authority<'a> {
        let (key, certificate) = (lab.path(&format!("{name}.key")), lab.path(&format!("{name}.pem")));
        let subject = format!("/CN=Barewire live tests, {name}");
        must(
            "openssl",
            &[
                "req",
                "-x509",
                "-newkey",
                "ec",
                "-pkeyopt",
                "ec_paramgen_curve:P-256",
                "-noenc",
                "-days",
                "3650",
                "-subj",
                &subject,
                "-keyout",
                &key,
                "-out",
                &certificate,
            ],
        );
        lab.write(
            &format!("{name}.cnf"),
            format!(
                "[ca]\ndefault_ca = here\n[here]\ndatabase = {0}/{name}.index\nnew_certs_dir = {0}\nrand_serial = yes\n\
                 unique_subject = no\ndefault_md = sha256\npolicy = any\nx509_extensions = leaf\n[any]\ncommonName = supplied\n",
                lab.dir().display()
            ),
        );
        lab.write(&format!("{name}.index"), "");
        Authority { lab, name }
    }

    /// The path of the root's certificate, for `--cacert`.
    pub(crate) fn certificate(&self) -> String {
        self.lab.path(&format!("{}.pem", self.name))
    }

    /// A certificate for [`HOST`] that is valid today, over a P-256 key.
    pub(crate) fn good(&self, name: &str) -> Identity {
        self.issue(name, HOST, &["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"], &["-days", "30"])
    }

    /// The same over an RSA key, so that the signature is RSA-PSS.
    pub(crate) fn good_rsa(&self, name: &str) -> Identity {
        self.issue(name, HOST, &["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"], &["-days", "30"])
    }

    /// Valid for January 2020 only.
    pub(crate) fn expired(&self, name: &str) -> Identity {
        let dates = ["-startdate", "20200101000000Z", "-enddate", "20200201000000Z"];
        self.issue(name, HOST, &["-algorithm", "ED25519"], &dates)
    }

    /// Valid, but for another name.
    pub(crate) fn wrong_name(&self, name: &str) -> Identity {
        self.issue(name, "other.live.test", &["-algorithm", "ED25519"], &["-days", "30"])
    }

    fn issue(&self, name: &str, host: &str, algorithm: &[&str], dates: &[&str]) -> Identity {
        let lab = self.lab;
        let file = |extension: &str| lab.path(&format!("{name}.{extension}"));
        let (key, request, certificate) = (file("key"), file("csr"), file("pem"));
        let words: Vec<&str> = ["genpkey", "-out", &key].iter().chain(algorithm).copied().collect();
        must("openssl", &words);
        must("openssl", &["req", "-new", "-key", &key, "-subj", &format!("/CN={host}"), "-out", &request]);
        let extensions = lab.write(
            &format!("{name}.ext"),
            format!("[leaf]\nsubjectAltName = DNS:{host}\nbasicConstraints = critical, CA:false\n"),
        );
        let config = lab.path(&format!("{}.cnf", self.name));
        let (root, root_key) = (self.certificate(), lab.path(&format!("{}.key", self.name)));
        let words: Vec<&str> = [
            "ca",
            "-batch",
            "-notext",
            "-config",
            &config,
            "-cert",
            &root,
            "-keyfile",
            &root_key,
            "-extfile",
            &extensions,
            "-extensions",
            "leaf",
            "-in",
            &request,
            "-out",
            &certificate,
        ]
        .iter()
        .chain(dates)
        .copied()
        .collect();
        must("openssl", &words);
        Identity { certificate, key }
    }
}
