//! Words that mean harm only together: who, what and to whom. Alone they mean nothing, so they are kept apart from the
//! word classes that grammar uses.

/// One bit a class.
pub(crate) const HARM: u32 = 1;
pub(crate) const BODY: u32 = 1 << 1;
pub(crate) const ROLE: u32 = 1 << 2;
pub(crate) const KIN: u32 = 1 << 3;
pub(crate) const HOME: u32 = 1 << 4;
pub(crate) const WEAPON: u32 = 1 << 5;
pub(crate) const CARRY: u32 = 1 << 6;
pub(crate) const GROUP: u32 = 1 << 7;
pub(crate) const MARK: u32 = 1 << 8;
pub(crate) const PROOF: u32 = 1 << 9;
pub(crate) const MOCK: u32 = 1 << 10;
pub(crate) const BEATEN: u32 = 1 << 11;
pub(crate) const GRIP: u32 = 1 << 12;
pub(crate) const CHOKING: u32 = 1 << 13;

/// The class that a pattern names.
pub(crate) fn class(name: &str) -> Option<u32> {
    Some(match name {
        "<harm>" => HARM,
        "<body>" => BODY,
        "<role>" => ROLE,
        "<kin>" => KIN,
        "<home>" => HOME,
        "<weapon>" => WEAPON,
        "<carry>" => CARRY,
        "<group>" => GROUP,
        "<mark>" => MARK,
        "<proof>" => PROOF,
        "<mock>" => MOCK,
        "<beaten>" => BEATEN,
        "<grip>" => GRIP,
        "<choking>" => CHOKING,
        _ => return None,
    })
}

pub(crate) const CLASSES: &[(u32, &str)] = &[
    (
        CHOKING,
        "strangling stabbing punching choking murdering killing shooting beating slapping poisoning throttling drowning hitting hurting burning",
    ),
    (GRIP, "break snap crush smash cut twist chop crack shatter knock slit wring bust gouge rip carve"),
    (
        HARM,
        "punch strangle stab choke murder slap smack throttle maim slaughter behead drown lynch headbutt kneecap torture \
         suffocate assassinate gut cripple bludgeon pummel thrash clobber deck flog disembowel castrate scalp hurt kill \
         shoot beat",
    ),
    (
        BEATEN,
        "punched strangled stabbed choked murdered slapped smacked throttled maimed slaughtered beheaded lynched \
         headbutted kneecapped tortured bludgeoned pummelled whipped decked buried",
    ),
    (
        BODY,
        "face mouth neck throat jaw teeth skull nose legs leg bones ribs skin knees knee kneecaps fingers wrists wrist arm \
         arms eyes eye chest guts belly spine brains",
    ),
    (
        ROLE,
        "boss manager supervisor lead colleague colleagues coworker coworkers teammate teammates cto ceo vp director intern \
         guy bloke man woman bastard bitch idiot clown people someone somebody anyone everyone receptionist foreman",
    ),
    (
        KIN,
        "wife husband spouse partner kids kid children child daughter daughters son sons mother father mum mom dad parents \
         family sister brother girlfriend boyfriend fiance fiancee",
    ),
    (HOME, "house home flat apartment doorstep driveway window bedroom balcony building street porch condo"),
    (
        WEAPON,
        "pistol rifle ammunition ammo revolver shotgun machete handgun glock crossbow grenade firearm firearms blade \
         switchblade crowbar gun guns knuckles hatchet rifles taser",
    ),
    (
        CARRY,
        "bag backpack rucksack pocket jacket coat car glovebox glove locker desk drawer trunk boot truck belt waistband \
         briefcase purse sock",
    ),
    (
        GROUP,
        "women woman muslim muslims jew jews jewish gay gays lesbian lesbians trans transgender immigrant immigrants \
         foreigner foreigners refugee refugees indians mexicans asians africans arabs mothers disabled pregnant females \
         hindu hindus sikh latinos catholics poles romanians nigerians pakistanis blacks moms deaf autistic queers",
    ),
    (
        MARK,
        "accent hijab headscarf turban wheelchair skin religion pregnancy disability gender sexuality stutter ethnicity race \
         dreadlocks braids afro kippah prosthesis nationality pronouns autism adhd",
    ),
    (
        PROOF,
        "photo photos picture pictures pics video videos recording recordings screenshot screenshots affair secret secrets \
         nudes tape tapes footage",
    ),
    (
        MOCK,
        "mock mocks mocked mocking mimic mimics mimicked mimicking imitate imitates imitated imitating laugh laughs laughed \
         laughing giggle giggles snicker snickers joke jokes joked joking ridicule ridicules ridiculed tease teases teased \
         insult insults insulted parody parodies sneer sneers",
    ),
];
