"""Scenarios about things bought: late, wrong, broken, incomplete, sent back."""

from scenario import Scenario

DEFECTS = {
    "cracked": ["{It|The thing} {has|came with|shows} a {big |long |nasty |}crack{ down the side| across the front| right through|}.", "{It is|It was} cracked{ when I opened the box| on one side| from top to bottom|}.", "There is a crack in it{ as wide as my finger| that you cannot miss|}.", "One side {is cracked|has cracked}."],
    "scratched": ["{It is|It was} {badly |all |}scratched{ on the front| all over|}.", "There are {deep |ugly |}scratches {all over it|on the front|everywhere}.", "{It looks|It looked} {used|second-hand}, with scratches {on every side|everywhere}.", "Scratches {everywhere|on both sides}{, as if a cat had been at it|}."],
    "will not switch on": ["It {will not|does not|just will not} {switch|turn} on{ at all| whatever I do|}.", "{No light, no sound|No sign of life|Nothing happens when I press the button}, it {will not|does not} switch on.", "I {press|pushed} the button and {nothing happens|it stays dead}.", "{It is|The thing is} {completely |}dead{ out of the box| as a doornail|}."],
    "makes a loud noise": ["It {makes|is making} {a terrible|a loud|an awful} {noise|racket}{ when I use it| like a tractor|}.", "{It is|It's} {so|far too|very} loud{ that the neighbours knocked| that we cannot talk|}.", "{The noise|The racket} it makes is {unbearable|not normal}.", "It {rattles|hums|squeaks|grinds} {loudly|like mad|all the time}."],
    "leaks": ["It leaks{ all over {the floor|the kitchen|my bag}| from the bottom| like a sieve|}.", "{There is|I found} water {under it|everywhere} {each time|after every use}, it leaks.", "{It drips|Water drips out} {constantly|at the bottom|overnight}.", "It {is leaking|keeps leaking|started to leak}."],
    "smells of smoke": ["It {smells|smelled|stinks} of smoke{ after a minute| when it runs|}.", "{Smoke|A thin line of smoke} came out{ of the back| of it| when I plugged it in|}.", "There {is|was} a {burning|burnt|smoky} smell{ right away| as soon as it runs|}.", "It {began|started} to smoke{ and I pulled the plug|}."],
    "seam torn": ["{The|A} seam {is|was|has} torn{ open| on the left| after one day|}.", "{It tore|It came apart} {at the seam|along the seam}.", "{The stitching|The seam} {gave way|came undone|is coming apart}.", "There is a {tear|hole} {in|along} the seam."],
    "one leg loose": ["One {leg|foot} is {loose|wobbly}{, so it will not stand straight|}.", "It {wobbles|rocks}, {one leg is loose|because a leg is loose}.", "{A leg|One of the legs} {came off|fell off|will not stay on}.", "{It does not stand|It cannot stand} {straight|properly}, one {leg|foot} is loose."],
    "colour comes off": ["The colour {comes off|rubs off|came off}{ on my hands| after one wash| on everything|}.", "{It stains|It left marks on} {my hands|everything|the wall}, the colour {comes|rubs} off.", "The {paint|dye} {peels|is peeling|comes off}{ already|}.", "{My fingers|My hands} turn {blue|black} from the {dye|paint}."],
}

RETURNS = {
    "too small": ["It is {too|far too|a bit too} small{ for me| for us| for the room|}.", "{It does not|It won't} fit, {too small|it is too small}.", "I {should have|ought to have} {measured|gone for the bigger one}, {it is tiny|it is too small}.", "{Much smaller|Smaller} than {I thought|it looked|in the picture}."],
    "too big": ["It is {too|far too|a bit too} {big|large}{ for our place| for me| for the shelf|}.", "{It does not|It won't} fit, {too big|it is simply too large}.", "{Much bigger|Bigger} than {I thought|it looked|in the picture}.", "I {can't|could not} get it {through the door|into the cupboard}, {too big|it is huge}."],
    "wrong colour": ["The colour is {not what I expected|nothing like the photo|all wrong}.", "{It looks|The colour looks} {different|quite different} {from|than in} the {picture|photo}.", "{On the screen|In the picture} the colour {was|looked} {lovely|different}, {in real life not|but not here}.", "Wrong colour{ for our room| for me|}{, my mistake|}."],
    "changed mind": ["I {changed my mind|have changed my mind|no longer need it|do not need it after all}.", "{Turns out|It turns out} {I do not need it|we already had one|I can do without}.", "{My wife|My husband|My son} {hates it|says we have three already}{, so back it goes|}.", "{Simply|I just} {do not like it|did not warm to it}."],
    "double gift": ["I {got|was given} {two of them|the same thing twice|another one} {for my birthday|as a gift|at the wedding}.", "{It was a gift|It was a present} and {I already have one|we had one already}.", "{Two people|Both my aunts} {gave me|bought me} the same {thing|gift}.", "{Somebody else|My sister} had the same idea, {so now I have two|we have two}."],
}

SCENARIOS = [
    Scenario(
        "Late parcel", required=["order"], optional=["product"], gold=["order {order}", "{product}", "due {date}"], mood=["bad", "calm"],
        tells=[
            "I {ordered|bought} a <product> {<ago>|from <shop>} and {it is still not here|nothing has come|it never arrived|I am still waiting}.", "My <product> {was due|should have come|was supposed to arrive|was promised for} {on |}<date>{ and there is no sign of it|, still nothing|, where is it|}.",
            "{I am|We are} {still |}waiting for {the|my|a} <product>{, <orderno>,| <inorder>|} {that should have been here|due} on <date>.", "{The|My} parcel with the <product> {is late|has not come|has not turned up}{, it was due on <date>|}.", "{It was|You} {promised|said} <date>, and {still no|I have no} <product>{ <inorder>|}.",
            "{Nothing|Still nothing} {has arrived|came|in the post} {from|for} <orderno>{, which should have come on <date>|}.", "<orderno> {is late|has not arrived|is nowhere to be seen|still has not come}.", "{I stayed|I sat} at home on <date> {for nothing|all day}, {the <product> never came|nobody brought the <product>}.",
            "How {hard|difficult} can it be to {send|deliver} a <product>? {It was due|You said} <date>.", "{I paid for|I chose} {express|next-day} delivery{ for a <product>|} and {it has been a week|that was <ago>|nothing came on <date>}.", "{The|Your} driver {never came|did not show up|must have forgotten me} on <date>{, and I wanted my <product>|}.",
            "{No|Not a trace of the|I miss my} <product>{ yet| to this day|}, {and|although} {you|the mail} said {on |}<date>.", "{The|My} <product> {left|was shipped from} your {warehouse|depot} <ago>{, says the tracking, and then it vanished| and has been travelling ever since|}.", "{All my neighbours|Half the street} got {parcels|their post}, {only|but} my <product> {did not come|is missing}{ on <date>|}.", "{By|On} <date> I should have had {a|my} <product>{ in my hands|}. {Well, I do not|I am still waiting|No such luck}.", "{Is there|Do you have} {any |}news {on|about} {my|the} <product>{ <inorder>|}? {It|The parcel} {was meant for|should have come} <date>.",
        ],
        wishes=["asks where it is", "asks when it comes", "wants a refund", "asks for a call"],
    ),
    Scenario(
        "Wrong item", required=["order", "product", "other"], gold=["order {order}", "wanted {product}", "got {other}"], mood=["bad", "calm"],
        tells=[
            "I {ordered|bought|asked for|paid for} a <product> {and got|but you sent|and received|but got|and what came was} a <other>{ instead|}.", "{Instead of|In place of} the <product> {I ordered|I bought|I paid for}, {the box held|you sent me|there was|I got} a <other>.", "{You sent me|I received|I got|The parcel contained} a <other>, {but I ordered|I wanted|not|when it should have been} a <product>.",
            "{Opened|I opened} the {box|parcel} and {found|there was} a <other>. {I had ordered|My order was|It should be} a <product>.", "{Why|How} did I get a <other> when I {ordered|bought} a <product>?", "{What|The item that} {came|arrived} {today|yesterday|this morning} was a <other>{, not the|. I wanted the|, though I ordered the} <product>{ <inorder>|}.",
            "{My|The} <product> {turned out to be|has become|was swapped for} a <other>{ <inorder>|}.", "{Somebody|Someone in your warehouse} {mixed up|confused} {the orders|the labels|two parcels}: {I got|here is} a <other>, and I {ordered|wanted} a <product>.",
            "{A|Some} <other> {is very nice|may be a fine thing}, but {what I paid for was|I ordered} a <product>.", "{There has been|I think there was} a mix-up: {the label says|the slip says} <product>, {inside is|the box holds} a <other>.", "{My|Our} {son|daughter|mother} {cried|laughed} {when|as} a <other> came {out of the box|to light} {instead of|and not} the <product>.", "{What am I to do with|I have no use for} a <other>? {It was a|I ordered a|My order was for a} <product>{ <inorder>|}.",
        ],
        wishes=["wants the right one", "wants a refund", "asks how", "wants an explanation"],
    ),
    Scenario(
        "Broken on arrival", required=["order", "product"], optional=["amount"], gold=["order {order}", "{product}", "{amount}", "{issue}"], mood=["bad", "calm"], issues=DEFECTS,
        tells=[
            "{The|My} <product> {from you|I ordered <ago>|} {came|arrived|got here|was delivered} {today|yesterday|this morning|at last}{ and {it is no good|I cannot use it|I am not happy}| <inorder>|}.", "I {got|received|unpacked} {the|my} <product> {<inorder>|today|yesterday}.", "{Just|I just|We} {opened|unpacked} the <product>{ <inorder>|}{ and it is {broken|damaged}|}.",
            "{There is|I have} {a problem|something wrong} with the <product>{ <inorder>| you sent|}.", "The <product> {for <amount> |}{arrived|came} {broken|damaged|in a bad state}.", "I paid <amount> for {a|this} <product> and {look at it|it is broken|this is what I get}.", "{Sad to say|I am sorry to say|Unfortunately} {the|your} <product> {did not survive the trip|is damaged|is not in order}.",
            "{So|Well}, {the|my} <product> is here, {but not in one piece|sadly broken|and damaged}.", "{The box|The carton} {looked fine|was a bit bent|had a hole}, but the <product> {inside |}{is damaged|is not ok}.",
            "{Big|What a} disappointment {when I opened|on unpacking} the <product>{ <inorder>|}.", "{You|Your people} {should|ought to} pack things better. The <product> {arrived|came} damaged.", "{Two|Ten} minutes with {the|my} <product> and I {knew|saw} it was {faulty|damaged}{ <inorder>|}.", "{Is this|Do you think this is} normal for a {brand new|new} <product>{ at <amount>| costing <amount>|}?", "{The courier|The postman} {dropped|threw} the <product> {over the fence|on the step}, {I think|I am sure}{ <inorder>|}.",
        ],
        wishes=["wants a refund", "wants a new one", "asks for help"],
    ),
    Scenario(
        "Part missing", required=["product", "part"], optional=["order"], gold=["order {order}", "{product}", "no {part}"], mood=["bad", "calm"],
        tells=[
            "The <part> {is|was} missing {from|in the box with} {the|my} <product>{ <inorder>|}.", "{There is|There was|I found} no <part> {in the box|with the <product>|in the parcel}{, only the <product> itself|}.", "I {got|received} {the|my} <product> {today|yesterday|<inorder>}, but {without|there is no|it came without} the <part>.", "{The|My} <product> {came|arrived} without {the|its} <part>{ <inorder>|}.",
            "{Where is|What about} the <part>{ for the|? I have the} <product>{ <inorder>|}?", "{Everything|All} {was there|is in the box} {except|but} the <part>{, and I cannot use the <product> like this| of the <product>|}.", "I {looked|searched} {everywhere|in all the paper}, but {the <part> is not there|there is no <part>}{. It belongs to the <product>|}.",
            "{You forgot|Somebody forgot} {to pack |}the <part> {of|for} my <product>{ <inorder>|}.",
            "{Counted|I counted} {twice|three times}: {no|not one} <part> {with|in the box of} the <product>.", "{The <product> needs|According to the leaflet the <product> has} a <part>, {mine has none|but there was none}{ <inorder>|}.", "{Put|I was putting} the <product> together {last night|today} and {noticed|saw} that {the|its} <part> {is not there|was left out}.",
        ],
        wishes=["wants the part", "wants a refund", "asks for help"],
    ),
    Scenario(
        "Return question", required=["product"], optional=["order", "amount"], gold=["order {order}", "{product}", "{amount}", "{issue}"], mood=["calm"], issues=RETURNS,
        tells=[
            "I {would like|want|need} to {return|send back|give back} {the|a|my} <product>{ <inorder>|}.", "{Can|Could|May} I {return|send back|bring back} {the|my} <product>{ <inorder>|}?", "{I am|We are} {thinking of|planning on} {returning|sending back} the <product>{ <inorder>|}.", "{The|My} <product> {has to|must|will have to} go back{, sorry|, I am afraid|}.",
            "{Is it|Is it still} possible to return a <product>{ {bought|ordered} <ago>|}?", "I {bought|ordered} a <product> {for <amount>|<ago>}{, but {it is not for me|I will not keep it}| and {want|wish} to return it|}.", "{About|Regarding} the <product>{ <inorder>|}: {it has to go back|I do not want to keep it}.",
            "{The|This} <product> and I {are not going to be friends|will not get along}{ <inorder>|}.", "{How long|Until when} {can|may} I {return|send back} a <product>{ <inorder>|}?", "{I unpacked|We tried} the <product> {today|once} and {it goes back|would rather send it back}{, <amount> is too much for that|}.", "{Sorry|Apologies}, but the <product> {is not right for us|is not what we need}{ <inorder>|}.",
        ],
        wishes=["asks how", "wants a refund", "wants it confirmed"],
    ),
    Scenario(
        "Cancel order", required=["order"], optional=["product"], gold=["order {order}", "{product}", "{issue}"], mood=["calm"],
        issues={
            "ordered by mistake": ["I {ordered|clicked} by mistake.", "{It was|That was} {a mistake|an accident|my cat on the keyboard}.", "{I hit|I pressed} the wrong button{, sorry|}.", "{My son|My toddler} {pressed buy|ordered it by mistake}."],
            "ordered twice": ["I {ordered|bought} {it|the same thing} twice{ by accident|}.", "{The page froze|The site hung} and {now I have two|I ordered it twice}.", "{There are|I see} two {of them|orders}, I {only|just} need one.", "{Somehow|For some reason} {it went through twice|I ordered twice}."],
            "found cheaper": ["I {found|saw|got} it cheaper {elsewhere|in town|at another shop}.", "{Another shop|My local shop} {has it|sells it} for {less|half the price}.", "{It is|It's} {much |}cheaper {round the corner|somewhere else}."],
            "takes too long": ["It {takes|is taking} {too|far too} long.", "I {can't|cannot} wait {any longer|that long}.", "{Three|Four|Six} weeks {of waiting |}is {too much|too long} for me.", "I {needed|wanted} it by {now|last week}, it takes too long."],
        },
        tells=[
            "<please> cancel <orderno>{?| for me?| at once?}", "I {want|would like|need|have} to cancel <orderno>.", "{Can|Could} {I|you} {still |}cancel {the|my} <product>{ <inorder>|}?", "{Stop|Cancel} {<orderno>|my order}{ for the <product>|}{, please|}.", "I {ordered|bought} a <product> {last night|this morning|an hour ago} and {would like|want|need} to cancel{ it|}.",
            "{I do not|We do not} need the <product> {any more|after all}{, so please cancel|, please cancel it|}.", "{Is it|Am I} too late to cancel {the <product>|<orderno>}?",
            "{Oops|Oh dear|Silly me}, {please stop|I need to stop|can you still stop} {<orderno>|the <product>}.", "{If|In case} {the <product>|<orderno>} {has not left|is still with you}, please {cancel it|do not send it}.", "{Changed plans|Slight change of plan}: {no <product> for me|I do not want the <product> now}{ <inorder>|}.", "{Do not|Please do not} {ship|send|pack} {<orderno>|the <product>}, {I want to cancel|cancel it}.",
        ],
        wishes=["wants it confirmed", "wants a refund"],
    ),
    Scenario(
        "Delivery change", required=["order", "date", "newdate"], gold=["order {order}", "from {date} to {newdate}"], mood=["calm"],
        tells=[
            "{Can|Could} you {deliver|bring} {it|my parcel|<orderno>} on <newdate> instead of <date>?", "I {will|shall} {not be|be out and not} at home on <date>, {is|would} <newdate> {possible|be all right|work}?", "{The|My} delivery {is set|is planned|was booked} for <date>, {but I need|please make it|can we say} <newdate>.", "{Please|Kindly} {move|change|push} the delivery from <date> to <newdate>.",
            "{Something came up|I have to travel|We are away} on <date>. {Can you|Could you} {come|deliver} on <newdate>{ instead|}?", "<newdate> {would be better|suits me better|is better} than <date> for {the delivery|<orderno>}.", "{Nobody is|There is nobody} {home|in} on <date>{, so please|. Please} {bring|deliver} it on <newdate>.",
            "{I see|The mail says} you {come|deliver} on <date>. {Make it|I would prefer|Could it be} <newdate>{, please| instead}?", "{Could|Can} {we|I} {swap|trade} <date> for <newdate>{ as delivery day| for the delivery|}?", "{My holiday starts|We leave} on <date>, {so|which is why} I {ask for|need} <newdate> {for the delivery|as the new day}.",
        ],
        wishes=["wants it confirmed", "asks for a call"],
    ),
]
