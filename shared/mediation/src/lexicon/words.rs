//! Word classes. A word may be in several; the parser decides by what stands around it.

use super::tag;

/// Class, and its words separated by spaces. A `_` inside a word is not used: phrases live in `phrases`.
pub(crate) const CLASSES: &[(u64, &str)] = &[
    (tag::ME, "i"),
    (tag::WE, "we"),
    (tag::YOU, "you u ya yall y'all yous"),
    (tag::THEY, "they"),
    (tag::HESHE, "he she"),
    (tag::NOBODY, "nobody none"),
    (tag::EVERYONE, "everyone everybody"),
    (tag::SOMEONE, "somebody someone people whoever anyone anybody folks guys"),
    (tag::IT, "it this that these those there"),
    (tag::OBJPRON, "me us him them her myself ourselves yourself yourselves themselves himself herself"),
    (
        tag::DET,
        "the a an this that these those some any each every another both all either neither no such which whatever several many few most half",
    ),
    (tag::POSS, "my our your their his her its"),
    (tag::BE, "am is are was were be been being 's 're 'm ain"),
    (tag::HAVE, "have has had having 've"),
    (tag::DO, "do does did"),
    (tag::MODAL, "will would can could should shall might must may 'll wo ca gonna 'd"),
    (tag::NEG, "not n't no nothing neither nor without nowhere none"),
    (tag::NEVER, "never"),
    (tag::ALWAYS, "always constantly continually perpetually invariably forever nonstop endlessly"),
    (tag::FREQ, "often sometimes usually regularly repeatedly rarely seldom frequently hardly barely generally"),
    (
        tag::PREP,
        "in on at to from with about for of by into onto over under after before during since until till without through \
     between against across around near behind within than as like despite per via off out up down regarding upon towards toward along besides except",
    ),
    (tag::CONJ, "and but because so or plus yet although though while whereas cause cuz 'cause cos then"),
    (tag::SUBORD, "when if before after until since once unless whenever that because while till"),
    (tag::WH, "who what when where why how which whose"),
    (
        tag::INTENS,
        "fucking fuckin fricking freaking frickin freakin bloody damn damned goddamn goddamned friggin flipping effing stinking literally \
     seriously honestly actually basically obviously clearly apparently totally completely absolutely utterly simply just even really \
     fkn fking f***ing f*cking goddam bleeding deliberately purposely intentionally blatantly conveniently magically somehow frankly \
     truly ever already shamelessly blindly carelessly mindlessly stupidly selfishly rudely lazily happily casually suddenly very extremely incredibly so-called ridiculously insanely randomly arrogantly brilliantly",
    ),
    (
        tag::PROFANE,
        "fuck fucks fucked fucker fuckers shit shits shitty bullshit crap crappy ass arse asshole assholes bitch bitches bastard \
     bastards dick dicks piss pissed hell wtf damnit dammit motherfucker cunt prick pricks shitshow clusterfuck bollocks wanker \
     wankers twat twats crapshow dickhead dickheads jackass douche douchebag stfu f*** f**k s*** sh*t bs asses screwed \
     fucktard shithole bugger sod knob arsehole arseholes dumbass dumbasses smartass badass shitload goddammit fuckup fuckups shite",
    ),
    (
        tag::INSULT,
        "idiot idiots moron morons imbecile imbeciles fool fools clown clowns loser losers amateur amateurs dummy dummies \
     muppet muppets donkey donkeys monkey monkeys cretin cretins dimwit dimwits jerk jerks liar liars coward cowards snake snakes \
     parasite parasites leech leeches slacker slackers dinosaur dinosaurs diva divas brat brats baby babies crybaby \
     crybabies tyrant tyrants pig pigs rat rats sheep scum vermin trash-talker know-it-all know-it-alls nitwit halfwit buffoon \
     buffoons simpleton simpletons dork dunce dumbo airhead blockhead bonehead knucklehead knuckleheads weasel weasels bozo bozos hypocrite hypocrites \
     incompetents freeloader freeloaders backstabber backstabbers psycho psychos lunatic lunatics maniac maniacs retard retards",
    ),
    (
        tag::BADADJ,
        "stupid dumb idiotic moronic incompetent useless worthless lazy clueless pathetic ridiculous absurd insane crazy terrible horrible \
     awful atrocious abysmal appalling disgusting disgraceful shameful embarrassing laughable unprofessional unacceptable outrageous \
     disrespectful rude arrogant selfish careless sloppy childish hopeless toxic garbage rubbish lame braindead brain-dead half-assed \
     halfassed mediocre subpar inexcusable unbelievable nonsensical pointless asinine inept ignorant dishonest shady nasty ugly \
     horrendous dreadful worst trash annoying infuriating maddening impossible inconsiderate condescending passive-aggressive \
     hostile smug petty spineless gutless cowardly thoughtless reckless irresponsible negligent unreliable untrustworthy senseless \
     mindless brainless heartless cheap lousy sucky shoddy crap crappy shitty bloody half-baked amateurish entitled spoiled \
     delusional deluded blind deaf oblivious ungrateful greedy corrupt evil sick dense thick slow-witted godawful bonkers nuts daft \
     stinking damn goddamn precious genius miserable incomprehensible unreadable convoluted messy disorganized disorganised chaotic broken-ass \
     unfair wrong bad disappointing slow silly wretched insulting inane tedious abusive disingenuous",
    ),
    (
        tag::JUDGE,
        "garbage rubbish trash joke disaster mess nightmare circus disgrace embarrassment farce shambles failure catastrophe \
     travesty abomination insult shame waste nonsense spaghetti dumpster kindergarten sloth slog crap bullshit shitshow clusterfuck bs \
     junk atrocity mockery shame horror hell hellhole incompetence laziness stupidity arrogance negligence ignorance \
     attitude drama excuse excuses bollocks chaos lies ego egos crapshow shite fiasco pigsty turd zoo sabotage betrayal",
    ),
    (
        tag::TIME,
        "monday tuesday wednesday thursday friday saturday sunday january february march april june july august september \
     october november december today yesterday tomorrow tonight morning afternoon evening noon midnight weekend mondays tuesdays \
     wednesdays thursdays fridays saturdays sundays q1 q2 q3 q4 easter christmas eod eow asap jan feb mar apr jun jul aug sep sept oct nov dec \
     mon tue tues wed thu thur thurs fri overnight",
    ),
    (
        tag::UNIT,
        "second seconds minute minutes min mins hour hours hr hrs day days week weeks month months year years sprint sprints \
     quarter quarters night nights shift shifts times time o'clock am pm percent morning mornings afternoon evening",
    ),
    (
        tag::NUM,
        "two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen \
     eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred thousand million dozen twice half third fourth fifth sixth thrice",
    ),
    (
        tag::TEAM,
        "backend frontend front-end back-end qa design designers sales marketing legal finance ops devops sre security support \
     facilities procurement pharmacy transport hr infra platform data product devs developers engineering accounting payroll \
     testers engineers managers management leadership nurses doctors ward radiology reception logistics purchasing it-support helpdesk \
     maintenance housekeeping catering editorial research analytics mobile compliance dispatch warehouse admin lab surgery",
    ),
    (
        tag::TEAMNOUN,
        "team teams department departments crew group groups squad squads guys people folks side office lot colleagues colleague devs developers",
    ),
    (
        tag::GOOD,
        "thanks thank grateful appreciate appreciated appreciates great good nice awesome excellent happy glad perfect helpful brilliant fantastic \
     wonderful amazing lovely kudos congrats congratulations cheers excited love enjoyed impressed welcome helped solid smooth fine",
    ),
    (
        tag::POLITE,
        "please kindly sorry thanks thank could would may maybe perhaps possible wondering appreciate pls plz",
    ),
    (
        tag::FEEL,
        "frustrated angry upset annoyed worried anxious stressed tired exhausted sad hurt disappointed confused overwhelmed \
     nervous concerned discouraged lonely afraid scared irritated embarrassed stuck lost furious livid pissed mad fed sick burnt \
     burned drained devastated humiliated ashamed unhappy uneasy uncomfortable bitter desperate demotivated ignored excluded invisible \
     disrespected unappreciated undervalued excited relieved hopeful curious surprised shocked puzzled swamped dying done nauseous unheard",
    ),
    (
        tag::INTERJ,
        "oh wow ugh well hey hi hello look listen ok okay yeah yes yep no nope great nice fine alright right so man dude bro \
     jeez geez jesus christ god omg lol lmao hmm um uh er sigh argh anyway anyways also like bravo congrats seriously honestly frankly \
     dear sure wonderful fantastic brilliant lovely awesome super cool fun surprise unbelievable amazing wtf smh and but because",
    ),
    (
        tag::ADV,
        "again often never always sometimes usually now then here there late early soon yesterday today tomorrow still yet already \
     just only even almost nearly too also quickly slowly twice once away back down up off out over together instead anymore \
     lately recently finally directly straight everywhere daily weekly nightly first last twice online offline overnight sooner later",
    ),
];

/// Nouns of work life. They keep the parser from taking `build` or `review` for verbs, and English from looking foreign.
pub(crate) const NOUNS: &str = "build builds pr prs pull-request ticket tickets issue issues bug bugs spec specs api apis code codebase branch main master \
prod production staging server servers service services database db schema table query queries test tests suite pipeline ci deploy deploys deployment deployments \
release releases hotfix patch feature features design designs mockup mockups doc docs documentation readme report reports invoice invoices \
email emails message messages slack channel thread meeting meetings standup standups retro planning demo demos sprint deadline deadlines date dates \
client clients customer customers user users vendor supplier order orders delivery deliveries budget contract contracts quote request requests \
requirement requirements estimate estimates plan plans schedule calendar invite agenda notes note summary update updates change changes commit commits \
merge review reviews comment comments feedback approval approvals permission permissions access credentials password token key keys \
config configuration file files folder document documents spreadsheet sheet slide slides deck presentation screenshot log logs error errors \
alert alerts outage outages incident incidents rollback migration migrations refactor function functions method class variable module library endpoint endpoints \
laptop monitor printer room rooms kitchen fridge desk door floor building light lights heating ac parking badge badges shift shifts rota roster handover \
patient patients bed beds chart charts linen ward nurse doctor pharmacy medication meds dose lab sample samples results theatre phone call calls \
team teams manager boss lead colleague coworker intern interns job work task tasks project projects product page website site app button form \
screen header footer icon logo font color copy text image images video brief campaign lead leads deal deals pipeline forecast numbers figures \
number list backlog board epic story stories criteria decision decisions question questions answer answers reply replies help support work idea ideas \
point points problem problems thing things time day week month year hour minute people person guy one world side part half rest lot bit way \
reason credit name names ownership owner process processes step steps rule rules policy approval sign-off data dashboard metrics chart numbers model \
models workshop training onboarding interview candidate hire office warehouse truck van stock shelf shelves box boxes package packages parcel \
trash bin cup cups coffee lunch break weekend holiday vacation overtime pager on-call oncall night morning afternoon evening money cost costs price prices \
seats license licenses account accounts address cert certificate certificates domain dns url link links job jobs cron queue worker workers cache \
memory disk cpu network vpn wifi node nodes cluster container containers image pod pods version versions tag repo repository diff review line lines \
typo lint warning warnings flag flags setting settings default defaults value values parameter parameters argument arguments array object type types \
quality performance latency load traffic visitor visitors event events conference space spaces equipment machine machines tool tools part parts \
forklift supplies gloves scrubs shift surgery referral discharge transfer ambulance appointment appointments inventory shipment shipments expense expenses \
reimbursement payroll salary bonus vacation request form forms signature purchase card cards tickets complaint complaints promise promises warning \
priority priorities scope goal goals roadmap milestone quarter strategy analysis research idea proposal proposals suggestion suggestions draft drafts \
conversation discussion argument decision tone voice word words attitude behavior behaviour feedback notice silence hours noise smell mess";

/// First names that dictation may leave in lower case.
pub(crate) const NAMES: &str = "dave david mike michael john james sarah anna ana maria mark tom thomas steve steven peter paul kevin brian chris \
daniel laura lisa emily emma olivia sophie alex alexandra sam samantha ben benjamin nick nicole rachel rebecca karen susan linda julia julie \
kate katie jessica jennifer amy andrea andrew anthony matt matthew josh joshua ryan jason eric greg gary tim tony jim jack jane joe joan \
priya raj ravi anil sunita omar ahmed ali fatima nadia layla hassan karim yusuf mei wei ling chen yuki hiro kenji ivan olga dmitri sergei \
pierre marie jean claire lucas luca marco giulia carlos jose juan pedro miguel sofia carmen diego pablo lars sven ingrid erik anders \
bjorn henrik freya hans klaus jurgen uwe petra heike stefan markus martin monika tobias felix lukas leon noah liam oscar hugo kofi amina \
zoe chloe grace hannah helen henry irene isaac jacob jamal jasmine kim kelly kyle lauren lee leah luis megan mohammed nathan neil nora pam \
patricia patrick philip ralph robert robin roger rosa ruth sandra scott sean simon stan stella stephanie theo tina vera victor vincent wendy";

/// Everyday English that has no class of its own: only so that English is recognised.
pub(crate) const COMMON: &str = "of to the be is it in that for you was on are with as at from but not have had they his her she he which we can all \
more one about up out do will how if would who what their there been has when so them some could him into its then two my than first over \
only other new time these may way down day did get come made work part own through much where our me before too any same right think also \
around another came three word must because does here well such take why things help put years away again off went old number great tell men \
say small every found still between name should home big give set end enough far took head every kept children feet side without boy once animal \
life few those both mean read turn hand high something nothing anything everything everywhere someone else own full next last sure able whole real \
different important possible available ready clear simple easy hard long short quick fast late early open closed free busy left least less most \
least better best worse instead rather quite later ago earlier okay kind sort lot lots plenty idea day today tonight maybe perhaps almost \
human robot therapist software computer machine morning everyone myself yours mine ours theirs whether upon against toward among family house car \
street city country wife husband kid kids child friend friends mother father brother sister god hell heaven war peace death dead alive kill \
gun knife bomb fire blood face eye eyes mouth nose leg legs arm arms body hair skin heart brain mind soul dress shirt picture photo photos \
hotel bus train plane road lot door window wall pills suicide living woman women man men girl girls boys gay black white asian indian \
muslim jew jewish christian immigrant foreigner foreigners accent age old young pregnant disabled religion race hi hello bye dear regards";
