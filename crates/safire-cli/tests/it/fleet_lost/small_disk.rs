//! A small disk that can be filled.

use std::io::Write;
use std::path::Path;
use std::path::PathBuf;
use std::process::Command;
use std::process::Stdio;

/// A mounted file system, gone at the end.
pub(super) struct SmallDisk(PathBuf);

impl SmallDisk {
    /// At a folder that is there; `None` where the tests may not mount.
    pub(super) fn mount(at: &Path, megabytes: u32) -> Option<Self> {
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", &format!("size={megabytes}m"), "safire-test"])
            .arg(at)
            .stderr(Stdio::null())
            .status()
            .is_ok_and(|status| status.success());
        if !mounted {
            eprintln!("LEFT OUT: a full disk needs root to mount a small one");
        }
        mounted.then(|| Self(at.to_owned()))
    }

    pub(super) fn path(&self) -> &Path {
        &self.0
    }

    /// Takes every free byte.
    pub(super) fn fill(&self) -> PathBuf {
        let path = self.0.join("filler");
        let mut file = std::fs::File::create(&path).unwrap();
        for size in [1 << 20, 65536, 4096, 1] {
            let block = vec![0; size];
            while file.write_all(&block).is_ok() {}
        }
        path
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("--lazy").arg(&self.0).status();
    }
}
