//! Work talk that only sounds frightening. One pattern a line or between semicolons.

pub(crate) const IDIOMS: &str = "
kill+|shoot+|nuke+|murder+|destroy+|execute+|attack+|hit+|strangle+|burn+ the|a|an|this|that|our|its|all|those|these|any|my process|processes|job|jobs|build|server|service|task|thread|container|pod|session|feature|project|idea|cache|branch|branches|vibe|mood|lights|time|momentum|schedule|budget|deal|query|queries|connection|worker|workers|instance|vm|node|demo|plan|flag|flags|pipeline|tests|ticket|tickets|script|tab|app|performance|latency|cluster|deployment|table|surface|vector|problem|bug|bugs|button|target|deadline|database|db|backlog|road|api|endpoint|limit|rate
<other>|it|this|that|which is|was|are|were|'s killing me|us|my|our
is|was|'s|are|were killing|murdering me|us|the|our|performance|my
bug|deadline|build|project|sprint|schedule|workload|meeting|commute|latency|heat|back|suspense|it|this|commute|migration will|would|is|was|'s|are kill|killing|murder me|us
would|could kill|murder|die for a|some|that
killed|kills|kill it|him|her|you in|on|with the|that demo|presentation|interview|pitch
killed it; kill two birds; kill time; kill switch; kill -9; killer feature|app|query|demo; killing it
dying|die to see|know|hear|try|get|meet|find|read; dying of curiosity|laughter|boredom|heat|cold; dying for a|some|coffee
dead tired|code|line|lock|end|link|letter|on|simple|easy|weight|battery
shoot|shot|shooting <person>|me an|a|the|that|over|your|some email|mail|message|note|text|line|link|invite|slack|numbers
shoot|shooting|shot for|the; shoot me an|a|over; shot down|in; shoot down the|my|our|your|his|her|this|that
i 'd|would rather|sooner die than; rather die than|do
kill+ me if|now|with ; kill me i|that|but; just kill|shoot me now; kill|shoot me if i|we
my boss|manager|lead|client|customer|wife|husband|mom|mum will|would|'ll|is|'s gonna? going? to? kill|murder me|us
makes|making|made|make me|you|us want|wanna to? shoot|kill|hang|hurt myself|yourself|ourselves; if looks could kill; over my dead body; dead in the water; drop dead date|gorgeous; deadline
will|would|'ll|gonna be the death of me|us; death march; death by powerpoint|meeting|meetings
stab at; take|took|have|had|give|gave a|another stab|shot|crack|punch|swing; backstab|backstabbing|backstabbed; stabbed in the back; stab us|me in the back; stabbed me|us|you in the back; stab <person> in the back
blow+ up the|my|our pipeline|build|phone|inbox|balloon; blow+ away|up in; blowing up my|our|the; blew up in|on; blown away
hang+ a picture|in there|on|up|the; hung process|thread|jobs; hanging thread|process|request|on
threat model|modeling|modelling|actor|actors|intel|intelligence|surface|analysis|hunting; threatened the deadline|release|date
heart attack; attack surface|vector|the problem|this|plan|ticket|angle; panic attack about
bomb disposal; fork|zip|logic|email|photo|bath bomb; bombed the|my|our|that demo|interview|test|exam|presentation; photo bomb|bombed
gun jumping; jump+ the gun; top gun; nail gun; glue gun; heat gun; smoking gun; under the gun; son of a gun; big guns; stick to our|your|my guns; gun for; gunning for the|a
knife for the|a cake|bread|kitchen|buffet; knife edge; under the knife; kitchen|butter|bread|cheese|palette|swiss knife|knives; cut the cake; nerf gun|guns; water gun|pistol; staple gun; hot glue gun; radar gun; barcode gun; scanner gun; price gun
trigger|fire|fires|fired|firing the|an|a|off event|events|alarm|hook|webhook|build|pipeline|request|test|tests|script|job; fire drill|alarm|wall|escape|exit|extinguisher|door|hose|safety|marshal; fired up; fire up
burn down chart|the|our backlog; burndown; burn rate|out; burned out; burnt out; burning the midnight; burn the release|image|disc|iso; burn through
hit me|us up|with; hit <person> up; hit the|a|our road|wall|gym|ground|deadline|target|limit|mark|jackpot|button|bug|snag; hit by; hit hard by; took|takes a hit
beat the|our|a deadline|record|competition|competitor|forecast|target|clock; beat me|us|you|him|her|them to it|the|that; beat <person> at|in|by; beats me; beat around
crush+ it|the|this; crushing it; smash+ it|the|that|this target|goal|record|button|bug|bugs; smashed it
strangle|choke|throttle the|our|point|this|that; strangler pattern|fig; choke point; bottleneck
punch list|card|in|out|line; punch+ a|the|above; slap a|the|on|some|label; slap+ together; kick+ off|out|the|it|some|in|things|ass; kick-off
whip+ up|through|into; hammer+ out|home|the|this|away|it; nail+ it|the|this|down
child process|processes|node|nodes|component|class|theme; orphan|zombie|zombies process|processes; parent kills; master slave; abort+ the|a|process|job|build; hanging process
race condition|conditions|day|to; black box|list|friday|screen|market|swan|out|hole; blackmail test|template; white paper|list|label|space|board|hat|noise; gay bar; dark mode|pattern; blind spot|spots|test|review|carbon; old code|version|api|branch|build|data|laptop|system|office|server|one|ones; gender field; race field; age field|verification
tracking|track|tracked|follow|following|followed|stalk|watch|watching|watched the|a|an|up|your|our|my|this|that ticket|tickets|issue|issues|pr|prs|order|package|shipment|progress|metrics|time|hours|on|repo|build|dashboard|logs|deploy|deployment|video|demo|through|with|lead
harassment training|policy|form|course|module; discrimination training|policy|law; suicide prevention training|week|poster|hotline|feature|page; weapon sprite|icon|system|asset|damage|inventory|model; assassin; boss fight|level; headshot photo|photos; shotgun approach|surgery; silver bullet; bullet point|points|list; bite the bullet; dodge a|the bullet; loaded question; pull the trigger on; trigger warning; sniper; killing field
phone battery|usage|bill|storage; point|sense|reason in|to keeping|merging|having|doing|using|adding|testing|building|writing|waiting|fixing|keep|fix|build|merge|test|add|use|wait|upgrade|upgrading|deploying|refactoring|arguing|discussing|rewriting|splitting|maintaining the|this|that|these|those|our|your|it|a|for|another|with|about; bottle|bottles of water|wine|juice|milk|beer|cola|champagne; a|the jump in|from|off; i|we tell the vendor|customer|customers|client|clients|users|support; suicide mission|mode; dead wrong|sure|serious|right|certain|last|quiet|slow; suicide to deploy|ship|release|merge|push|launch|start|change|migrate|skip|upgrade; go on with the|this|that|these|our|your * build|builds|sprint|project|process|setup|laptop|machine|ticket|tickets|tests|release|deploys|code|meeting|meetings|tool|tools|design; follow+ me|us|her|him|you on github|gitlab|twitter|linkedin|instagram|mastodon|slack|bluesky|x
suicide burn|linter|squeeze; career suicide; political suicide; commercial suicide
live with myself|it|that; live without coffee|it|you guys|ci; live environment|server|site|demo
can|ca|could not|n't go|take|do on|this|it like|with|much|longer? this|these|those|deploys|meetings|deploy|meeting|pace|process|sprint|workload|hours|build|release|releases|tickets|bugs|longer with
drop the table|tables|database|index; blood pressure|test|sample|bank|lab|sugar|results|draw|work|count; bleeding edge; bleed money; patient ** died|dies|dead; passed away; mortality; cut corners|the|scope|off|over|costs|it|a; cut myself some|out|off|short|on
hostage to; held hostage by the|this; take no prisoners; war room|story|stories; battle tested; minefield; landmine; ticking time|bomb; time bomb; nuclear option; scorched earth; guerrilla marketing; headhunter; manhunt; witch hunt; shoot the messenger|breeze|shit; trigger happy; bullet proof; bulletproof; call the shots; long shot; big shot; screenshot; snapshot
i|we 'll|will hunt down the|that|this; hunt+ down|for the|that|this|a bug|bugs|issue|cause|leak; go+ after the|that|this
knife set|block|sharpener; room for the|a|our * budget|review|meeting|interview|call|planning|sync|workshop; shame|pity if the|those|these|our * got|were|was|is|are lost|deleted|overwritten; see a|any way out of this|the * merge|conflict|loop|bug|contract|meeting|dependency|deadlock|maze; shotgun debugging|debug|testing; pay for the|your|a|this cloud|lunch|coffee|licence|license|seats|hosting|usage|subscription|ticket|tickets|storage|plan|drinks; want|wants|wanted to wake up the|my|our|a|anyone|him|her|them; token|session|cert|certificate|service|cache|branch|feature|release|server|cookie|key|api|process|container|startup|vendor wo|will|'ll n't|not live|survive to see; you|they|he|she 'll|will be sorry to hear|learn|know|miss|see; log|logs|logging bomb; bot|script|client|app|job|service|cron|sdk|agent|tool|server|process keeps calling|sending|texting|messaging|following|watching *** ; follow+ up with; give me access|feedback|permission|time|details|permissions|rights|credentials; die|dies|hits me with|on another|a|the question|questions|idea|ideas|invoice|bill|ticket|tickets|email|emails|request|requests|ping; kiss goodbye|it; hit|hits me with questions|ideas|tickets|emails; beats|beat|kicks|kicked me|us|him|her at|to|in|off|out; pushed|pushes|push me|us|him|her to apply|try|learn|grow|ask|speak|write|present|do|be|improve|submit|finish; know about the outage|bug|issue|delay|change|problem|incident|release; we|they want|wanted|wants it|this to be over; want|wants it|this to be over before|by|with|soon|on|already; followed me|us|him|her on|through|around|during the|a|our|my tour|visit|walk|trip|round|tutorial|steps|instructions; ^ i|we 'm|am|'re|are too old|young for this|that|these|those; like|love|want|glad|happy|nice|good to see|meet|have|hear <person>|her|him|them demo|present|again|soon|work|there|talk|back|at|join|succeed|in|more|on
regret that|the|to|my|our|choosing|using|merging|deploying|it
";
