//! The sizes of what a visitor downloads.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use brotli::enc::BrotliEncoderParams;
use flate2::Compression;
use flate2::write::GzEncoder;

/// Bytes as they are, gzipped at level 9, and by brotli at level 11.
#[derive(Clone, Copy, Default)]
struct Size {
    raw: usize,
    gzip: usize,
    brotli: usize,
}

/// Prints a table of the Wasm and JavaScript files below `folder`.
pub fn print(folder: &Path) -> Result<()> {
    let mut files = Vec::new();
    collect(folder, &mut files)?;
    files.sort();
    let mut total = Size::default();
    println!("\n{:<50} {:>11} {:>11} {:>11}", "", "raw", "gzip -9", "brotli 11");
    for file in &files {
        let size = measure(file)?;
        total.raw += size.raw;
        total.gzip += size.gzip;
        total.brotli += size.brotli;
        print_row(&file.strip_prefix(folder).unwrap_or(file).display().to_string(), size);
    }
    print_row("together", total);
    Ok(())
}

/// What a visitor downloads, in thousands of bytes.
#[derive(Clone, Copy, Debug, Default)]
pub struct Transfer {
    /// The program, as it is and packed by brotli.
    pub wasm: [f64; 2],
    /// Everything else, as it is and packed by brotli.
    pub rest: [f64; 2],
}

/// What a visitor of the page in a folder downloads.
pub fn transfer(folder: &Path) -> Result<Transfer> {
    let mut transfer = Transfer::default();
    for entry in fs::read_dir(folder).with_context(|| format!("{} can't be read", folder.display()))? {
        let path = entry.with_context(|| format!("{} can't be read", folder.display()))?.path();
        if path.is_file() {
            let size = measure(&path)?;
            let is_wasm = path.extension().is_some_and(|extension| extension == "wasm");
            let part = if is_wasm { &mut transfer.wasm } else { &mut transfer.rest };
            for (sum, bytes) in part.iter_mut().zip([size.raw, size.brotli]) {
                #[expect(clippy::cast_precision_loss, reason = "some million bytes")]
                let kilobytes = bytes as f64 / 1_000.0;
                *sum += kilobytes;
            }
        }
    }
    Ok(transfer)
}

fn print_row(name: &str, size: Size) {
    println!("{name:<50} {:>11} {:>11} {:>11}", kilobytes(size.raw), kilobytes(size.gzip), kilobytes(size.brotli));
}

/// Thousands of bytes with one digit after the point.
fn kilobytes(bytes: usize) -> String {
    let tenths = (bytes + 50) / 100;
    format!("{}.{} kB", tenths / 10, tenths % 10)
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> Result<()> {
    for entry in fs::read_dir(folder).with_context(|| format!("{} can't be read", folder.display()))? {
        let path = entry.with_context(|| format!("{} can't be read", folder.display()))?.path();
        if path.is_dir() {
            collect(&path, files)?;
        } else if path.extension().is_some_and(|extension| extension == "wasm" || extension == "js") {
            files.push(path);
        }
    }
    Ok(())
}

fn measure(file: &Path) -> Result<Size> {
    let bytes = fs::read(file).with_context(|| format!("{} can't be read", file.display()))?;
    Ok(Size { raw: bytes.len(), gzip: gzip(&bytes)?, brotli: brotli(&bytes)? })
}

fn gzip(bytes: &[u8]) -> Result<usize> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).context("gzip failed")?;
    Ok(encoder.finish().context("gzip failed")?.len())
}

fn brotli(mut bytes: &[u8]) -> Result<usize> {
    let parameters = BrotliEncoderParams { quality: 11, lgwin: 22, ..BrotliEncoderParams::default() };
    let mut packed = Vec::new();
    brotli::BrotliCompress(&mut bytes, &mut packed, &parameters).context("brotli failed")?;
    Ok(packed.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kilobytes_are_rounded_to_a_tenth() {
        assert_eq!(kilobytes(0), "0.0 kB");
        assert_eq!(kilobytes(49_960), "50.0 kB");
        assert_eq!(kilobytes(163_240), "163.2 kB");
    }

    #[test]
    fn what_repeats_gets_smaller() {
        let bytes = vec![7; 10_000];
        assert!(gzip(&bytes).unwrap() < 200);
        assert!(brotli(&bytes).unwrap() < 200);
    }
}
