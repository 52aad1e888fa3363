//! What makes a text heated, and what only looks so. Phrases are patterns (see `parse::pattern`).

/// Blame, sarcasm, impatience, mind-reading, absolutes.
pub(crate) const HOT_PHRASES: &str = "
slower|worse|lazier than anyone|everyone|us|everybody; <other>|people look|looks|looked down on; half a plan; post|posts|posted our|my mistakes; only to complain; go|goes|went home while|when we|i; look|looks|looked bored; stand|stands|stood around|idle|by while|when; <other> make|makes|made decisions without; ship|ships|send|sends us|me broken|wrong|damaged|rotten; <other> drop|drops|dropped|throw|throws|threw ** on us|me the|at|right|without; your|their estimates|numbers|plans|deadlines are fantasy|fiction|fairy|nonsense; they|you|he|she keep|keeps|kept us|me|everybody waiting; more|often|longer than it|they 's|'re|is|are up|working|works|green|online; sold|sells|sell|selling|promised|promises|announced|advertised|demoed ** does|do|did n't|not exist|work; has|have|had|with|got|came no * no * nothing|none|zilch; handoff|handover|ticket|tickets|spec|brief|pr|prs|code|report had|has|have|came|with|contained * no|zero specs|assets|docs|documentation|context|tests|description|logs|details|steps; clean|cleans|cleaned|cleaning up? after them|you|him|her; <other> laugh|laughs|laughed at|when ** our|my|me|us|i; get|gets|got only? silence|crickets; keep|keeps|kept us|me|everyone waiting|guessing|hanging; sleep|sleeps|slept through * alarms|alerts|pages|alarm|pager|calls; you|they|he|she talk|talks|talked|talking over me|us|<person>|everyone; copied|copies|stole|copy ** my|our work|design|code|idea|ideas|slides|template; decide|decides|decided * in private|secret; with one word and; pay|pays|paid * vendors|invoices|suppliers|us|me late; pass|passes|works|work only on your|their machine|laptop|machines; code|module|service|library has no tests
gives|give|giving|gave a|two|any damn|shit|fuck|crap|toss|hoot|rat|rats|fig|shits|care; <other>|nobody|guys|people do|does|did n't|not|never even|really|just|seem|to? care|bother|respect|listen|give|value|appreciate|think|understand; <other>|nobody|who never|clearly|just|obviously? cares|bothers|listens; <other>|guys|people never care|bother|listen|think|respect|give; nobody cares; no one cares|listens|bothers|thinks|reads|gives; <other> clearly|obviously|apparently|just|only|simply care|cares|think|thinks|want|wants|do|does|never|have|has|ca|can|are|is|do|hate|hates|enjoy|enjoys|love|loves|assume|assumes; because|so clearly|obviously|apparently|nobody; clearly|obviously nobody|no|you|they|not; could|can not|n't be bothered|arsed; be bothered; too lazy|busy|dumb|stupid|important|good|proud|incompetent|arrogant to|for
you|guys|people|team ship|ships|shipped|deliver|delivers|push|produce|write|writes only? junk|trash|crap|rubbish|slop; thanks for nothing; thanks a lot for|you; thanks|thank|congrats|congratulations|great|nice|good|brilliant|amazing|wonderful|fantastic|kudos|bravo|way|lovely|excellent|well ** for|on|to|job|work|done ** breaking|broke|deleting|ignoring|ruining|losing|missing|forgetting|not|crashing|skipping|wasting|destroying|blocking|nothing|dumping|messing|screwing|taking ; oh|ah|well|wow|yay|yeah great|wonderful|nice|lovely|good|fantastic|perfect|brilliant|awesome|look|super|joy|another|right|sure|what; love how|when|it how|when|that|you|they; nice one; nice to see you|that|how ** again|finally|late; as usual; what a surprise|joke|mess|shock|farce|disgrace|bunch|waste; big surprise; slow clap; must be nice; congrats|congratulations on|for * <ing>|another|outage|outages|downtime|crash|mess|failure|delay|worst; ^ you|they|u clearly|just|really|all|honestly? think|believe|assume|imagine|figure you|they know|are|'re|own|run|have|'ve|deserve * everything|above|better|smarter|special|perfect|all|it|best|nothing|whatever; so glad you|they|that you|they|nobody|everyone|we; good luck with that; i guess we|i|it|nobody|that|they|you; lucky us|me; wow just wow; just wow; wow, just
how hard is|can it|be|that; how many times|more; how often do i|we; is it|that so|too|really|that|such hard|much|difficult|complicated; are you|they|u kidding|serious|joking|blind|deaf|asleep|insane|stupid|crazy|out|all|even|fucking|for|trying|nuts; do you|they even|ever|people|guys|actually|not|n't; did you|they even|ever|not|n't|seriously|really; can|ca|could|ca|wo|why you|they|nobody|we|i not|n't|even|ever|just|for|finally|once; can|could|would|will you|they|people|someone|somebody|guys please quit|finally|not|for|learn|start; can|could|would|will you|they|people|someone|somebody|guys please stop <ing>; can|could|would|will you|they|people|guys please just read|do|stop|answer|use|fix|tell; can|ca|could|would n't|not you|they|anyone|somebody|people; why do|does|did|is|are|ca|can|wo|must|would|has|have|should n't|not? you|they|nobody|everyone|i|we|your|no|it|everything|our|my|this|the always|have|never|keep|even|still|not|just|people|guys|find|team|so; why do|does|did|ca|wo|is|are n't|not? you|they|nobody|your; seriously who|what|why|how|this|you|when|stop; who the|on|in|even|thought|schedules|does|writes|approved|taught|broke|merged|wrote|decided; what the|on hell|fuck|heck|earth; what is|'s wrong with you|them|your; what do|does|did|were you|they|people|even ** day|thinking|do; what part of; whoever wrote|did|broke|made|merged|left|approved|designed|thought|decided|is|deleted|changed|keeps|took|pushed; can|could|would someone|somebody|anyone|anybody explain|tell why|me|us
sick|tired|fed|had of|up|enough with|of|to; sick of; tired of; fed up; i am|'m|we|'re done|finished|over with|waiting|cleaning|fixing|begging|asking|explaining|trying|covering|it|this; had it|enough with|of; last straw; enough is enough; ca n't|not|can stand|believe|take|deal|work|bear this|it|with|you|them|that|your|how|any; ca n't take|believe|stand; drives|driving|drive me|us crazy|nuts|insane|mad|up; lose|losing the|my will|mind|patience; waste|wasting|wasted of my|our|everyone's|everybody's|the time; my|our|everyone's time; joke of a; kidding me; are you kidding
every single|damn|fucking|freaking|bloody; every time; each time you|they|someone|procurement|somebody|we|i|the|your; all the time; never ever; always the same; the whole time; time and again; over and over; yet again; as always; once again; for the third|fourth|fifth|tenth|hundredth|millionth|second|umpteenth|<number> time; third|fourth|fifth|tenth|hundredth|second time this|in|the|you|they|we|i; ever again; since forever; for ages|weeks|months|forever; sits|sit|sitting on; not even; not one|a|single of|single|reply|word|person; without even|telling|asking|checking|testing|reading|informing|warning|consulting|a|waiting|any|bothering|talking|looking; behind my|our back|backs; on purpose; if you|they do n't; care less; next time ask|tell|check|read|try|use|look; for once; do+ nothing; still have|has|got nothing|no; still nothing|no|waiting; take+ credit; present+ my|our work|analysis|idea|slides; no warning|respect|excuse|idea|clue|sense; out of your|their mind|minds; without any|a single|explanation|word|warning|comment|notice
get|got your|their act|shit|head|ass|house|own together|straight|out|in; pull your|their weight; do your|their|ur job|jobs|work|homework; had|have one job; whoever; so called; you|they ca|can n't|not just|keep|simply; how about you; but there is|are no; you|they only ever; took you|them <number>|a|so|forever|weeks|days|ages|months; found out from; love how; such a pain|mess|joke|disaster|waste; everything about; i hate you|them|him|her|this|it|working; want+ everything; supposed to; what is|'s the point of|if; our|my fault; do|does|did n't you|they ever|even|people|guys|read|test|check; wake up; grow up; shut up; shut the; get|go lost|over|away|real; get a grip|life|clue; learn to|how; ^ stop|quit <ing>; just stop|quit; need|have|should to? stop <ing>; stop being; do n't you dare; fix it|this|that|your|the now|already|immediately|asap|today|shit|mess; immediately; or else; or i|we 'll|'m|will|quit|am; escalating|escalate this|it to; ** already ^ ; hurry up; just do|fix|read|use|answer|send|get|tell|give it|your|the|this|my|our|us|me; worst; you better; you|they|people need|ought to stop|learn|start|fix|get|do|be|read|listen|understand|grow|step; you should have|know|be|never|stop|at|have; should be ashamed|fired|embarrassed; ashamed of yourself|yourselves|you; shame on; you|they people; you|they guys never|always|do|are|just|need|keep; you lot; these people|guys|clowns|idiots; bunch of; your|their fault|mess|problem|stupid|excuse|excuses|attitude|incompetence|laziness|failure|mistake|crap|shit|broken|flaky|buggy|sloppy|useless; fault of; because of you|your|them|their; thanks to you|your|them|their; blame|blames|blamed|blaming us|me|others|everyone|it; cleaning up after|your; act|acts|acting surprised|like|as|superior|innocent; pretend|pretends|pretending; make|making|made|makes excuses|us|me look|wait|feel|do|fools; excuses; dump|dumps|dumped|dumping * on us|me; treat|treats us|me|people|the like|as; treat * like|as; talk|talks|talked|talking|speak down|over to|me|us|everyone|people; take|takes|took|taking|stole|steals|stealing credit|all|the|my|our|credit|for credit|idea|ideas|work; as if|though it|they|i|we|you|nothing; ignored|ignore|ignores|ignoring us|me|my|our|every|everything|the|all; <other> ignored|ignore|ignores|ignoring; look|looks|looked like fools|idiots|amateurs|an; nobody tells|told|asked|reads|read|tests|tested|listens|listened|answers|answered|bothered|reviewed|reviews|cleans|informed|knows|seems|wants|documented|helps|helped|responds|responded|replies|replied|documents|checked|checks|updates|updated|noticed|thought; no one tells|told|asked|reads|read|tests|tested|listens|listened|answers|answered|bothered|reviewed|cleans|informed|seems|documented|helps|helped|responds|responded|replies|replied|documents|checked|checks|updates|updated|thought|reviews; none of you|them; where the|is|are hell|my|our|fuck|the; when are|will you|they ever|finally|going; when are|will you|they ** fix|finally|deliver|learn; so much for; supposed to guess|read|know; we 're|are supposed|expected|left|the to|alone|with|ones; left out|alone with; were left|kept out; at the last minute; whenever they|you|he|she feel|feels|want|wants|like; better than us|everyone|me|others; yelled at; shrug|shrugs|shrugged; half-assed; half-baked; again and again; asked|told|explained|reminded|begged|emailed|pinged ** <number> times; ever ^; if you|they|your|marketing|sales|qa|management|design|ops|people had|were|would|could|cared|bothered|actually|ever|read|only; if only you|they; the least you|they; an ounce of; all we|i get|hear is|are; is it just me; who even; even read|look|test|try|listen|check|understand|know|open; what a; don't even; fail|fails|failed|failing to; refuse|refuses|refused|refusing to; waste of; keep|keeps|kept|keep <ing>; hand-holding; babysit|babysitting; spoon-feed; clean up your; go through|around me|us|my back|backs; leave|leaves|left|leaving * mess|dirty|behind; how dare; chaos; shame; pointless; unacceptable; no way to work|run; is|are|was|were a joke|mess|disaster|nightmare|circus|disgrace|farce|shambles|embarrassment|waste";

/// Civil phrases that hold a heated one.
pub(crate) const COOL_PHRASES: &str = "
can|could you finally see|open|log|access|reach|connect|reproduce; how are|is|were you|they|everyone|everybody all? doing|feeling; can|could|would|will you please? stop|drop by|in|over; can|could|shall|should we please? stop|avoid|keep|find|not; do n't|not worry|hesitate|mind|forget|care either; no worries|problem|rush|hurry|pressure|need; sorry|apologies|apologize ** ; keep up|me|us|you|them|in|posted; keeps getting|running|working; keep going|pushing|<ing> the|up good|great|it; kept working|trying; not sure|certain|yet|urgent|blocking|ready; thanks|thank|grateful|appreciate * for|your|you|the|to|all; waste bin|paper|collection|water; without a|any problem|problems|issue|issues|hitch; fails|failed|failing|fail to build|compile|start|load|connect|parse|open|boot|render|resolve|run|sync; refuses to start|compile|load|open; it|test|build|job|this fails; garbage collection|collector|collected; disaster recovery; trash bin|can|icon|folder; wrong version|file|branch|address|number|date|link; mess of a; big ball of mud; right now i|we|it|the|is|are; can|could|would someone|somebody|anyone explain|tell me|us|how|what";

/// Profanity that is also an everyday word.
pub(crate) const MILD: &[&str] = &["hell", "screwed", "bugger", "sod", "knob", "ass", "bs"];

/// Heated whatever they are said of.
pub(crate) const HARSH: &[&str] = &[
    "fucking",
    "fuckin",
    "goddamn",
    "damn",
    "freaking",
    "bloody",
    "stupid",
    "dumb",
    "idiotic",
    "moronic",
    "incompetent",
    "useless",
    "worthless",
    "pathetic",
    "ridiculous",
    "unprofessional",
    "disgraceful",
    "braindead",
    "shameful",
    "laughable",
    "clueless",
    "atrocious",
    "appalling",
    "inexcusable",
    "outrageous",
    "disrespectful",
    "arrogant",
    "unbelievable",
];

/// Insults that are also animals and things.
pub(crate) const LITERAL: &[&str] = &[
    "monkey", "baby", "babies", "snake", "leech", "rat", "rats", "pig", "pigs", "sheep", "dinosaur", "monkeys",
    "snakes", "brat", "diva",
];

/// Somebody made these.
pub(crate) const WORK: &[&str] = &[
    "code",
    "function",
    "name",
    "naming",
    "class",
    "pr",
    "variable",
    "comment",
    "comments",
    "spec",
    "doc",
    "docs",
    "documentation",
    "design",
    "file",
    "commit",
    "report",
    "test",
    "tests",
    "method",
    "module",
    "handoff",
    "handover",
];

/// Judgements that damn the work they are said of.
pub(crate) const DAMNING: &[&str] = &[
    "terrible",
    "horrible",
    "awful",
    "garbage",
    "unreadable",
    "rubbish",
    "trash",
    "crap",
    "mess",
    "joke",
    "disaster",
    "abomination",
    "spaghetti",
    "disgusting",
    "insane",
    "atrocious",
    "worst",
    "hideous",
];

/// What somebody relies on: never doing it is a reproach; a cache that never expires is not.
pub(crate) const DEPENDED_ON: &[&str] =
    &["get", "work", "come", "arrive", "happen", "answer", "reply", "respond", "show", "turn", "deliver", "be"];

/// Said of what the other side made, these are a reproach.
pub(crate) const FALLEN_SHORT: &[&str] = &["late", "off", "behind", "outdated", "wrong", "broken"];

/// Praise that is none when it stands next to something that went wrong.
pub(crate) const SOUR: &[&str] = &[
    "brilliant",
    "wonderful",
    "lovely",
    "fantastic",
    "amazing",
    "great",
    "nice",
    "perfect",
    "unbelievable",
    "incredible",
    "impressive",
    "typical",
    "bravo",
    "classy",
    "charming",
    "genius",
    "awesome",
    "excellent",
    "superb",
    "outstanding",
];

/// Done by the other side, these are no reproach by themselves.
pub(crate) const NEUTRAL: &[&str] = &[
    "mention", "ask", "send", "share", "say", "suggest", "help", "write", "talk", "propose", "want", "need", "offer",
    "fix", "add", "do", "make", "show", "report", "give", "find", "know", "see", "meet", "agree", "go", "get",
    "update", "tell",
];

/// One of theirs.
pub(crate) const PEOPLE: &[&str] = &[
    "dev",
    "devs",
    "developer",
    "developers",
    "engineer",
    "engineers",
    "intern",
    "interns",
    "designer",
    "designers",
    "manager",
    "lead",
    "tester",
    "analyst",
    "contractor",
    "contractors",
    "colleague",
    "colleagues",
    "admin",
    "guy",
    "guys",
    "people",
    "junior",
    "architect",
    "freelancer",
    "trainee",
    "recruiter",
    "accountant",
];

/// Told of one of theirs only when it was not welcome.
pub(crate) const UNWELCOME: &[&str] = &[
    "push",
    "delete",
    "drop",
    "skip",
    "remove",
    "disable",
    "overwrite",
    "leave",
    "leak",
    "expose",
    "lose",
    "change",
    "commit",
    "rename",
    "break",
    "promise",
    "ignore",
    "forget",
    "interrupt",
    "yell",
    "shout",
];
