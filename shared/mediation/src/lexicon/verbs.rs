//! Verbs and their forms. One line a group; `base past participle` when irregular, `base` alone when regular.
//! `*` doubles the last consonant (`stop`, `stopped`); `!` marks what is a reproach when somebody else did it.

/// Irregular verbs: `base past participle [present participle]`, separated by commas.
pub(crate) const IRREGULAR: &str = "break! broke broken, take took taken, give gave given, make made made, send sent sent, \
tell told told, leave left left, lose! lost lost, forget!* forgot forgotten, get* got got, build built built, write wrote written, \
read read read, hold held held, keep kept kept, say said said, see saw seen, know knew known, think thought thought, \
go went gone, come came come, run* ran run, put* put put, set* set set, cut* cut cut, let* let let, hit* hit hit, \
find found found, hear heard heard, feel felt felt, pay paid paid, bring brought brought, buy bought bought, \
sell sold sold, teach taught taught, catch caught caught, choose chose chosen, speak spoke spoken, steal! stole stolen, \
throw threw thrown, drive drove driven, grow grew grown, show showed shown, draw drew drawn, hide! hid hidden hiding, \
rewrite rewrote rewritten, redo redid redone redoing, undo undid undone, override! overrode overridden, \
overwrite! overwrote overwritten, split* split split, shut* shut shut, stick stuck stuck, spend spent spent, \
lead led led, mean meant meant, meet met met, sit* sat sat, stand stood stood, win* won won, begin* began begun, \
understand understood understood, become became become, fall fell fallen, eat ate eaten, sleep slept slept, \
wake woke woken, wear wore worn, pick picked picked, fight fought fought, deal dealt dealt, cost cost cost, \
lie! lied lied lying, cancel! cancelled cancelled cancelling, die died died dying, tie tied tied tying, do did done, be was been being, have had had, \
reset* reset reset, offset* offset offset, broadcast broadcast broadcast, forecast forecast forecast, \
quit* quit quit, shoot shot shot, swear swore sworn, tear tore torn, blow blew blown, freeze froze frozen, \
mislead! misled misled, undermine! undermined undermined, overrun!* overran overrun, withhold! withheld withheld, \
rebuild rebuilt rebuilt, resend resent resent, retake retook retaken, sign signed signed, panic panicked panicked panicking";

/// Regular verbs, separated by spaces.
pub(crate) const REGULAR: &str = "crash! delete! remove drop* miss! skip*! ignore! reject! block! delay! move push merge \
revert rename dump! close reopen bounce blame! interrupt! dismiss! waste! ruin! mess! screw! botch! bungle! leak! corrupt! fail! \
refuse! exclude! bypass! contradict! complain! whine! argue! yell! shout! scream! neglect! abandon! overload! overbook! \
misplace! damage! wreck! trash! spill! disrupt! postpone! stall! reschedule derail! hijack! sabotage! trample! bury! \
disrespect! insult! mock! belittle! patronize! micromanage! nag*! pester! spam*! flood! hammer! copy duplicate \
change alter modify edit touch update upgrade downgrade deploy release ship* deliver commit* submit* publish post upload download \
review approve check test verify validate document comment describe explain answer reply respond acknowledge confirm \
ask request order schedule plan* prepare book reserve assign reassign allocate share announce mention notify inform warn alert ping \
email call phone text message invite include involve consult discuss listen look watch help support assist train onboard \
fix repair resolve patch clean wash empty refill restock replace install configure enable disable restart reboot start stop* finish \
complete end open lock unlock save store move transfer* hand handle process manage own escalate raise report log* track record \
measure count estimate calculate promise agree decide design draft sketch implement code program develop refactor debug* lint \
format* rebase squash tag* label clone fork pull fetch load export import migrate convert translate print scan attach link list \
add append insert apply use try need want like love hate wait expect require allow accept decline follow finalize finalise \
arrive attend join show turn walk talk chat* visit return pass carry pick drop* place order charge bill invoice refund sign park \
present demo pitch rush hurry push work play stay live hope wish believe realize realise notice care bother pretend act seem appear \
happen occur matter depend belong contain cover remind repeat point refer* recommend suggest propose oppose question challenge \
praise thank credit claim name appreciate apologize apologise admit* treat admire trust respect protect serve clear switch swap* \
shift slip* trip* pop* wrap* rip* strip* chop* plug* unplug* exceed reduce increase cut limit extend shorten trim* archive deprecate retire \
remember learn laugh sigh smile cry stroll barge storm wander vanish disappear! dodge! avoid! evade! deflect! ghost! stonewall! \
answer contact reach provide supply create produce generate break touch review audit inspect monitor observe investigate \
analyze analyse study research interview hire fire staff sweep mop vacuum water heat cool charge deduct transport lift store stack \
unpack pack label weigh admit* discharge administer dose prescribe treat hydrate bathe dress shave sedate page rotate rota cover \
negotiate bargain quote price discount oversell! overpromise! undersell! pressure! force! threaten! demand! insist! order \
guess assume! speculate gossip! exaggerate! brag*! roll shrug* stare clap* relax celebrate wonder worry struggle suffer regret \
sync onboard offboard ramp deprecate rate rank score vote veto! overrule! shelve scrap*! axe ditch! discard omit*! strand! starve! \
hog*! monopolize! steamroll! talk lecture! scold! criticize! criticise! nitpick! overcomplicate! reinvent! clutter! litter! \
copy paste hardcode! comment trigger cause flag* mark mute unmute dial answer serve rush supervise sort order empty stock \
compile execute reap spawn poll queue retry throttle cache purge flush drain scale provision rotate renew expire hurt touch \
dump! punt! sit* hover mind kill nuke strike target attack abort fire borrow lend rely count consider focus concentrate \
practice practise rehearse discuss brainstorm sketch prototype iterate persist survive succeed roll suppose spell misspell! mistype! mislabel! misread! misquote! miscount! misinform! outsource demote promote onboard route reroute ignore! shorten paint decorate seal glue weld wire rewire disconnect connect reconnect restock unload reload guard patrol evacuate bandage inject vaccinate diagnose consult transcribe translate caption crop resize rename render publish unpublish index reindex crawl scrape encrypt decrypt leak! expose! upload unsubscribe subscribe invite uninvite! demolish! crush! smash! scratch! stain! flood! burn! melt! jam*! clog*! block! spoil! infect! contaminate! miscalculate! overcharge! undercharge! double improve worsen degrade rot*! pile";

/// Somebody else doing it with no object: a noun that can stand in the sentence instead of them, and what it does.
/// `verb | noun | does | plural?`.
pub(crate) const NOMINAL: &[(&str, &str, &str, bool)] = &[
    ("deliver", "deliveries", "come", true),
    ("respond", "replies", "come", true),
    ("reply", "replies", "come", true),
    ("answer", "answers", "come", true),
    ("communicate", "updates", "come", true),
    ("update", "updates", "come", true),
    ("arrive", "arrivals", "come", true),
    ("ship", "releases", "go out", true),
    ("deploy", "deployments", "go out", true),
    ("release", "releases", "go out", true),
    ("push", "changes", "go out", true),
    ("merge", "changes", "get merged", true),
    ("commit", "changes", "get committed", true),
    ("review", "reviews", "happen", true),
    ("test", "changes", "get tested", true),
    ("document", "changes", "get documented", true),
    ("roll", "a rollback", "happen", false),
    ("listen", "our points", "get heard", true),
    ("help", "help", "come", false),
    ("complain", "complaints", "come", true),
    ("plan", "work", "get planned", false),
    ("estimate", "work", "get estimated", false),
    ("follow", "follow-up", "happen", false),
    ("escalate", "escalations", "come", true),
    ("cancel", "cancellations", "come", true),
    ("reschedule", "meetings", "get moved", true),
    ("approve", "approvals", "come", true),
    ("clean", "the space", "get cleaned", false),
    ("apologize", "an apology", "come", false),
    ("apologise", "an apology", "come", false),
    ("sign", "sign-offs", "come through", true),
    ("acknowledge", "acknowledgements", "come", true),
];

/// Verbs that carry another one and turn it round: `they forgot to test it` means it was not tested.
pub(crate) const NEGATING: &[&str] = &["forget", "fail", "refuse", "neglect", "decline", "hate", "avoid"];

/// Verbs that carry another one and leave it as it is: `they decided to move it` means it was moved.
pub(crate) const CARRYING: &[&str] = &[
    "decide", "choose", "manage", "dare", "start", "begin", "continue", "love", "like", "seem", "tend", "have",
    "bother", "try", "insist", "happen",
];

/// Prepositions that belong to the verb, and the one verb that says the same in the passive.
pub(crate) const WITH_PREPOSITION: &[(&str, &str, &str)] = &[
    ("respond", "to", "answered"),
    ("reply", "to", "answered"),
    ("listen", "to", "heard"),
    ("look", "at", "looked at"),
    ("talk", "over", "talked over"),
    ("speak", "over", "talked over"),
    ("laugh", "at", "laughed at"),
    ("yell", "at", "shouted at"),
    ("scream", "at", "shouted at"),
    ("shout", "at", "shouted at"),
    ("work", "on", "worked on"),
    ("follow", "up", "followed up"),
    ("act", "on", "acted on"),
    ("sit", "on", "left waiting"),
    ("agree", "on", "agreed"),
    ("agree", "to", "agreed"),
    ("ask", "for", "asked for"),
    ("deal", "with", "dealt with"),
    ("mess", "with", "changed"),
    ("complain", "about", "complained about"),
    ("decide", "on", "decided"),
    ("care", "for", "cared for"),
    ("wait", "for", "waited for"),
    ("check", "on", "checked on"),
    ("rely", "on", "relied on"),
    ("walk", "over", "passed over"),
    ("argue", "about", "argued about"),
    ("stick", "to", "kept"),
    ("adhere", "to", "followed"),
];

/// Strong verbs and what is said instead in an observation.
pub(crate) const PLAINER: &[(&str, &str)] = &[
    ("ignore", "left unanswered"),
    ("mess", "broken"),
    ("screw", "broken"),
    ("botch", "broken"),
    ("bungle", "broken"),
    ("ruin", "broken"),
    ("wreck", "broken"),
    ("trash", "broken"),
    ("dump", "put"),
    ("waste", "spent"),
    ("ghost", "left without an answer"),
    ("sabotage", "disrupted"),
    ("steal", "taken"),
    ("yell", "shouted"),
    ("nuke", "deleted"),
    ("kill", "stopped"),
    ("trample", "overridden"),
    ("shove", "put"),
    ("stonewall", "left without an answer"),
    ("hijack", "taken over"),
    ("steamroll", "overruled"),
    ("bully", "pressed"),
    ("disrespect", "not taken into account"),
];

/// Verbs of having, thinking and wanting: no event, and no passive that anybody would say.
pub(crate) const EXPERIENCED: &[&str] = &[
    "have", "want", "need", "think", "know", "believe", "like", "love", "hate", "care", "mean", "cost", "get", "let",
    "make", "become", "say", "claim", "argue", "insist", "feel", "seem", "try", "play", "wish", "hope", "cause", "act",
];
