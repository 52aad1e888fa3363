//! `truce certs`: the certificates of an edge and of the functions behind it, without anybody else's authority.

use crate::data::{DataFolder, read_if_there, write_secret};
use crate::failure::Failure;
use crate::functions;
use clap::Args;
use jiff::civil::Date;
use jiff::{Timestamp, ToSpan as _, tz::TimeZone};
use rcgen::{
    BasicConstraints, CertificateParams, CidrSubnet, DnType, ExtendedKeyUsagePurpose, GeneralSubtree, IsCa, Issuer,
    KeyPair, KeyUsagePurpose, NameConstraints, SanType, date_time_ymd,
};
use std::io::Write as _;
use std::net::IpAddr;
use std::path::{Path, PathBuf};

/// What a phone is told to trust cannot be taken back from here: long, and good for few names.
const AUTHORITY_YEARS: i16 = 10;
/// Apple takes up to 825 days from an authority that its owner has added.
const EDGE_DAYS: i32 = 90;
/// Between machines, where nobody has to do anything when they change.
const INSIDE_DAYS: i32 = 30;
/// For who names none: this machine.
const HOSTS: [&str; 3] = ["localhost", "127.0.0.1", "::1"];
/// Below this, functions have names for each other and for nobody else.
const INSIDE: &str = "truce.internal";

/// Make the certificates of an edge and of the functions behind it
///
/// There are two authorities, and both are made once. `outside` is the one that phones and browsers are told to trust: it
/// can vouch for the hosts you name, and for nothing else. `inside` is for the edge and the functions: each function gets
/// a certificate for serving, the edge one for calling, and nobody else gets in.
///
/// What they sign is made anew each time. Run it again to roll: functions take new files without a restart, and the hosts
/// need not be named again.
#[derive(Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct Certs {
    /// A name or an address that people reach the edge by; may be repeated [default: as before, or localhost, 127.0.0.1 and ::1]
    #[arg(long = "host", value_name = "HOST")]
    hosts: Vec<String>,
    /// Everything is in the folder `certs` there
    #[arg(long, env = "TRUCE_DATA", value_name = "DIR", default_value = "truce-data")]
    data: PathBuf,
    /// Make another authority for the outside, for other hosts: phones and browsers have to be told again
    #[arg(long)]
    new_authority: bool,
}

impl Certs {
    pub(crate) fn run(self) -> Result<(), Failure> {
        DataFolder::open(&self.data)?;
        let made = self.make(today())?;
        let certs = self.data.join("certs");
        let mut out = std::io::stdout();
        writeln!(out, "{}", certs.display())?;
        for (path, what) in made {
            writeln!(out, "  {path:<16}  {what}")?;
        }
        writeln!(
            out,
            "On an iPhone: send it {}, install it in Settings › General › VPN & Device Management, and turn it on in \
             Settings › General › About › Certificate Trust Settings.",
            certs.join("outside/ca.crt").display()
        )?;
        Ok(())
    }

    /// All of it, and what there is to say about each.
    fn make(&self, today: Date) -> Result<Vec<(String, String)>, Failure> {
        let certs = self.data.join("certs");
        let before = read_if_there(&certs.join("outside/hosts"))?;
        let told = self.told(before.as_deref());
        let hosts = told.iter().map(|host| read_host(host)).collect::<Result<Vec<_>, _>>()?;
        let outside = self.outside(&certs.join("outside"), &told, &hosts, before.as_deref(), today)?;
        let inside = Authority::open(&certs.join("inside"), "inside", None, today)?;

        let (names, days) = (hosts.clone(), EDGE_DAYS);
        let edge_ends = outside.sign(&certs.join("edge"), names, ExtendedKeyUsagePurpose::ServerAuth, today, days)?;
        let within = |name: &str, folder: &Path, usage| {
            let names = vec![SanType::DnsName(format!("{name}.{INSIDE}").try_into().map_err(wrong)?)];
            let ends = inside.sign(folder, names, usage, today, INSIDE_DAYS)?;
            write_secret(&folder.join("ca.crt"), &inside.certificate)?;
            Ok::<_, Failure>(ends)
        };
        let inside_ends = within("edge", &certs.join("edge/inside"), ExtendedKeyUsagePurpose::ClientAuth)?;
        for function in functions::NAMES {
            within(function, &certs.join("functions").join(function), ExtendedKeyUsagePurpose::ServerAuth)?;
        }
        let trusted = format!("what phones and browsers have to trust: good for {}, and nothing else", told.join(", "));
        Ok(vec![
            ("outside/ca.crt".to_owned(), trusted),
            ("edge/".to_owned(), format!("what the edge shows them, until {edge_ends}")),
            ("edge/inside/".to_owned(), format!("what it shows functions, and whom it believes, until {inside_ends}")),
            ("functions/NAME/".to_owned(), format!("for TRUCE_TLS of each function, until {inside_ends}")),
        ])
    }

    /// The hosts that were named, or else those of `before`; in one order, whatever order they were named in.
    fn told(&self, before: Option<&str>) -> Vec<String> {
        let mut told: Vec<String> = match before {
            _ if !self.hosts.is_empty() => self.hosts.iter().map(|host| host.to_lowercase()).collect(),
            Some(before) => before.lines().map(str::to_owned).collect(),
            None => HOSTS.map(str::to_owned).to_vec(),
        };
        told.sort();
        told.dedup();
        told
    }

    /// An authority vouches for the hosts it was made for: for others, phones have to be told of another one.
    fn outside(
        &self,
        folder: &Path,
        told: &[String],
        hosts: &[SanType],
        before: Option<&str>,
        today: Date,
    ) -> Result<Authority, Failure> {
        let before = before.filter(|_| !self.new_authority);
        if let Some(before) = before.filter(|before| !before.lines().eq(told.iter().map(String::as_str))) {
            return Err(Failure::Wrong(format!(
                "The authority in {} is for {}. Name these hosts, or none, or make another one with --new-authority: phones and \
                 browsers have to be told of it then.",
                folder.display(),
                before.lines().collect::<Vec<_>>().join(", ")
            )));
        }
        if self.new_authority {
            Authority::make(folder, "outside", Some(only(hosts)), today)?;
        }
        let authority = Authority::open(folder, "outside", Some(only(hosts)), today)?;
        if before.is_none() {
            write_secret(&folder.join("hosts"), &told.join("\n"))?;
        }
        Ok(authority)
    }
}

/// Somebody who signs.
struct Authority {
    issuer: Issuer<'static, KeyPair>,
    /// In PEM.
    certificate: String,
}

impl Authority {
    /// The one in `folder`; a new one if there is none.
    fn open(folder: &Path, name: &str, only: Option<NameConstraints>, today: Date) -> Result<Self, Failure> {
        let (certificate, key) = (read_if_there(&folder.join("ca.crt"))?, read_if_there(&folder.join("ca.key"))?);
        // Half an authority is one that somebody may trust: it is not replaced without a word.
        let spoiled = |file: &str, how: &str| {
            let why = "restore it from a copy, or move the folder away to have a new authority made";
            Failure::Wrong(format!("{} is {how}: {why}.", folder.join(file).display()))
        };
        let (certificate, key) = match (certificate, key) {
            (None, None) => return Self::make(folder, name, only, today),
            (None, Some(_)) => return Err(spoiled("ca.crt", "missing")),
            (Some(_), None) => return Err(spoiled("ca.key", "missing")),
            (Some(certificate), Some(key)) => (certificate, key),
        };
        let key = KeyPair::from_pem(&key).map_err(|_| spoiled("ca.key", "damaged"))?;
        Ok(Self { issuer: Issuer::new(named(name, &key)?, key), certificate })
    }

    fn make(folder: &Path, name: &str, only: Option<NameConstraints>, today: Date) -> Result<Self, Failure> {
        DataFolder::open(folder)?;
        let key = KeyPair::generate().map_err(wrong)?;
        let mut params = named(name, &key)?;
        params.name_constraints = only;
        between(&mut params, today, today.saturating_add(AUTHORITY_YEARS.years()))?;
        let certificate = params.self_signed(&key).map_err(wrong)?.pem();
        write_secret(&folder.join("ca.key"), &key.serialize_pem())?;
        write_secret(&folder.join("ca.crt"), &certificate)?;
        Ok(Self { issuer: Issuer::new(params, key), certificate })
    }

    /// A new key and a certificate to it, into `folder`. Says on which day it ends.
    fn sign(
        &self,
        folder: &Path,
        names: Vec<SanType>,
        usage: ExtendedKeyUsagePurpose,
        today: Date,
        days: i32,
    ) -> Result<Date, Failure> {
        DataFolder::open(folder)?;
        let mut params = CertificateParams::default();
        params.distinguished_name.push(DnType::CommonName, "Truce");
        params.subject_alt_names = names;
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages = vec![usage];
        params.use_authority_key_identifier_extension = true;
        let ends = today.saturating_add(days.days());
        between(&mut params, today, ends)?;
        let key = KeyPair::generate().map_err(wrong)?;
        let certificate = params.signed_by(&key, &self.issuer).map_err(wrong)?;
        // The key first: who reads between the two has a pair that does not fit, and looks again when the other comes.
        write_secret(&folder.join("tls.key"), &key.serialize_pem())?;
        write_secret(&folder.join("tls.crt"), &certificate.pem())?;
        Ok(ends)
    }
}

/// What an authority is called is in all that it signs, and has to come out alike each time.
fn named(name: &str, key: &KeyPair) -> Result<CertificateParams, Failure> {
    let mut params = CertificateParams::new(Vec::new()).map_err(wrong)?;
    // Of the point on the curve, which begins after a byte that is always the same.
    let tag = key.public_key_raw().iter().skip(1).take(3).fold(0_u32, |tag, byte| tag << 8 | u32::from(*byte));
    params.distinguished_name.push(DnType::CommonName, format!("Truce {name} {tag:06x}"));
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
    Ok(params)
}

/// From the day before, for clocks that are behind.
fn between(params: &mut CertificateParams, today: Date, ends: Date) -> Result<(), Failure> {
    let moment = |date: Date| {
        let part = |number: i8| u8::try_from(number).map_err(wrong);
        Ok::<_, Failure>(date_time_ymd(date.year().into(), part(date.month())?, part(date.day())?))
    };
    params.not_before = moment(today.saturating_sub(1.day()))?;
    params.not_after = moment(ends)?;
    Ok(())
}

fn today() -> Date {
    TimeZone::UTC.to_datetime(Timestamp::now()).date()
}

/// What is not permitted of one kind of name is not permitted: where no address is named, no address is.
fn only(hosts: &[SanType]) -> NameConstraints {
    let permitted_subtrees: Vec<GeneralSubtree> = hosts
        .iter()
        .filter_map(|host| match host {
            SanType::DnsName(name) => Some(GeneralSubtree::DnsName(name.to_string())),
            SanType::IpAddress(IpAddr::V4(ip)) => {
                Some(GeneralSubtree::IpAddress(CidrSubnet::V4(ip.octets(), [u8::MAX; 4])))
            }
            SanType::IpAddress(IpAddr::V6(ip)) => {
                Some(GeneralSubtree::IpAddress(CidrSubnet::V6(ip.octets(), [u8::MAX; 16])))
            }
            _ => None,
        })
        .collect();
    let has = |wanted: fn(&GeneralSubtree) -> bool| permitted_subtrees.iter().any(wanted);
    let mut excluded_subtrees = Vec::new();
    if !has(|subtree| matches!(subtree, GeneralSubtree::DnsName(_))) {
        excluded_subtrees.push(GeneralSubtree::DnsName(String::new()));
    }
    if !has(|subtree| matches!(subtree, GeneralSubtree::IpAddress(_))) {
        excluded_subtrees.push(GeneralSubtree::IpAddress(CidrSubnet::V4([0; 4], [0; 4])));
        excluded_subtrees.push(GeneralSubtree::IpAddress(CidrSubnet::V6([0; 16], [0; 16])));
    }
    NameConstraints { permitted_subtrees, excluded_subtrees }
}

fn read_host(host: &str) -> Result<SanType, Failure> {
    if let Ok(address) = host.parse::<IpAddr>() {
        return Ok(SanType::IpAddress(address));
    }
    let is_label = |label: &str| {
        let within = label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
        within && !label.is_empty() && label.len() < 64 && !label.starts_with('-') && !label.ends_with('-')
    };
    if host.len() < 254 && host.split('.').all(is_label) {
        return Ok(SanType::DnsName(host.to_lowercase().try_into().map_err(wrong)?));
    }
    Err(Failure::Wrong(format!("`{host}` is no host: a name such as truce.local, or an address such as 192.168.1.20.")))
}

fn wrong(error: impl std::fmt::Display) -> Failure {
    Failure::Wrong(format!("No certificate can be made: {error}."))
}

#[cfg(test)]
mod tests;
