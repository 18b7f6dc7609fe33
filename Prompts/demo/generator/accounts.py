"""Scenarios about money, accounts and everything else: charges, invoices, logins, plans, questions, praise."""

from parcels import DEFECTS
from scenario import Scenario

SCENARIOS = [
    Scenario(
        "Refund not paid", required=["order", "amount"], optional=["product"], gold=["order {order}", "{product}", "{amount}", "returned {date}"], mood=["bad", "calm"],
        tells=[
            "I {sent|returned|sent back} {the|my|a} <product> {on <date> |}and {have not seen|am still waiting for|never got} {my|the} <amount>{ back|}.", "{The|My} refund of <amount> {has not come|is still missing|never arrived|is not on my account}{, and I returned everything on <date>|}.", "{Where is|What about} my refund{ of <amount>|}? I {returned|sent back} {it|the <product>|the goods} on <date>.",
            "You {owe|still owe} me <amount>{ for <orderno>| for the <product>|}.", "{It is|It has been} weeks {since I sent back|and I returned} the <product>, {but no|and no|still no} <amount>.", "I {was promised|should have got} <amount> back for {<orderno>|the <product>}{, nothing so far| but there is nothing|}.", "I {brought|took} the {parcel|box} to the post on <date>{ myself|} and {I am waiting for|you have not paid} {the|my} <amount>.",
            "{Promised|You promised}: <amount> back within {a week|five days}. {Reality|What I have}: nothing{, and the <product> went back on <date>|}.", "{Checked|I checked} my {bank|account} {again |}{today|this morning}: {no|still no} <amount>{ for the <product>| from you|}.", "{The <product>|My parcel} {reached you|got back to you} on <date>{, I have proof|}. {Where are|What happened to} my <amount>?",
        ],
        wishes=["wants a refund", "wants an explanation", "wants it confirmed", "asks for a call"],
    ),
    Scenario(
        "Charged twice", required=["amount"], optional=["order", "date"], gold=["order {order}", "{amount}", "on {date}"], mood=["bad", "calm"],
        tells=[
            "You {charged|billed|debited} me twice{ for <orderno>|}, <amount> each time.", "{My card|My account|I} {was|has been} charged twice{ on <date>| for <orderno>|}{, <amount> each|: two times <amount>|, both times <amount>}.", "{There are|I see} two {payments|charges|debits} of <amount> on my {card|bank statement|account}{ on <date>| from <date>|, both from you|}.",
            "{Why did|Why have} you {take|taken} <amount> two times{ on <date>|}?", "<amount> {left|went off} my account {twice|two times}{ on <date>|}.", "I {paid|have paid} <orderno> {twice|two times} {by accident of your system|it seems}, <amount> {each|too much}.", "{One|A single} order, two {payments|debits} of <amount>{. {That was|It happened} on <date>|}.",
            "{Looking|I was looking} at my {statement|account} and {saw|there is} <amount> {from you |}{twice|two times}{ on <date>|}.", "{I think|It seems} {your system|the machine} {took|booked} <amount> {twice|two times}{ on <date>|}{ for <orderno>|}.", "{Paying once|To pay once} is {enough for me|fine}, {but <amount> went off twice|twice <amount> is not}.",
        ],
        wishes=["wants a refund", "wants an explanation", "wants it corrected"],
    ),
    Scenario(
        "Invoice question", required=["invoice"], optional=["amount"], gold=["invoice {invoice}", "{amount}", "{issue}"], mood=["calm"],
        issues={
            "tax missing": ["{The tax|The VAT} is missing{ on it|}.", "{There is|I see} no {tax|VAT} {line|number|on it}.", "It {does not show|lacks} the {tax|VAT}."],
            "wrong name": ["{It has|It shows|There is} the wrong name{ on it|}.", "{My name|Our company name} is wrong{ on it|}.", "It is made out to {somebody else|the wrong person}.", "It should be in the name of {my company|the school|my wife}."],
            "sum too high": ["The {sum|total} is {too high|more than I ordered for|higher than agreed}.", "{It is|That is} {more|much more} than {we agreed|the price on the site|I expected to pay}.", "{You|Somebody} {added|put} {too much|something} on top, the sum is too high.", "I {get|calculate} a {lower|smaller} sum."],
            "paid already": ["I {paid|have paid|settled} {that|it} {<ago>|already|long since}.", "{It was|It has been} paid {already|<ago>}.", "{My bank says|As far as I can see} {it is|I have} paid{ already|}.", "The money {left my account|went out} <ago>, it is paid."],
            "not my order": ["I {never ordered|did not order|never bought} {anything|that|this}.", "{That is|It is} not my order.", "{It must be|Surely it is} {for someone else|somebody else's}, {not my order|I did not order anything}.", "I do not {know|recognise} {the things|the items|anything} on it."],
        },
        tells=[
            "{I have|There is} a {question|problem|query} about invoice <invoice>.", "{About|Regarding|It is about|Concerning} {your |}invoice <invoice>{ over <amount>| for <amount>|}.", "{Your|The} invoice <invoice> {puzzles me|is not right|cannot be right|needs another look}.", "I {got|received|am looking at} invoice <invoice>{ over <amount>| for <amount>|}.",
            "{Invoice|Bill} no. <invoice>{ ({over |}<amount>)|} {landed in my inbox|came in the post|came today}.", "You {billed|invoiced} me <amount> {on|with} invoice <invoice>.", "{Something|One thing} {is wrong|is off|is not right} on invoice <invoice>.",
            "{Would|Could} you {look at|check} {invoice |your invoice |}<invoice> {again|once more}?", "{My books|Our accounts} do not {balance|add up} {because of|with} invoice <invoice>{ for <amount>|}.", "{I am not|We are not} {going to|ready to} pay invoice <invoice>{ of <amount>|} {like this|as it stands}.",
        ],
        wishes=["wants it corrected", "wants an explanation", "wants it confirmed"],
    ),
    Scenario(
        "Address change", required=["address"], optional=["order", "city"], gold=["order {order}", "to {address}", "{city}"], mood=["calm"],
        tells=[
            "{I have|We have} moved {to|house, now at} <address>{ in <city>|, <city>|}.", "{My|Our} new address is <address>{, <city>| in <city>|}.", "<please> {send|deliver|ship} {<orderno>|it|everything} to <address>{, <city>| in <city>|}{?| instead?}", "{I gave|I typed|I think I gave} {you |}the {wrong|old} address{ for <orderno>|}. {It should be|Right is|It is now} <address>{, <city>|}.",
            "{Can|Could} {you|I} change the {delivery |}address{ of <orderno>|} to <address>{, <city>| in <city>|}?", "From {next week|next month|now} {on |}we live at <address>{, <city>| in <city>|}.", "{The|My} old flat is empty, {all post|everything} {goes|should go} to <address> now{, that is in <city>|}.",
            "{The house at|Our place at} <address>{, <city>,|} is {where we live now|our new home}.", "{No more|Stop sending} {parcels|post} to {the old place|our old flat}, {use|the right address is} <address>{, <city>|}.", "{Got|I got} a new {flat|job and flat}{ in <city>|}: <address>. {Please change it|Can you note that} {for <orderno>|in my account}.",
        ],
        wishes=["wants it confirmed", "asks for help", "asks for a call"],
    ),
    Scenario(
        "Login trouble", required=["user"], gold=["user {user}", "{issue}"], mood=["bad", "calm"],
        issues={
            "reset mail never comes": ["The {reset|password} {mail|email|link} {never comes|does not come|never arrives}.", "I {asked|have asked} for a new password {five times|twice|again and again} and {no mail came|nothing came}.", "{No|There is no} reset {mail|email}, {not even in spam|though I clicked ten times}."],
            "account locked": ["It {says|tells me} {the|my} account is {locked|blocked}.", "{My account|The account} {is|seems|has been} {locked|blocked}{ after three tries|}.", "{I am|You have} locked {out|me out}{ since yesterday|}."],
            "code refused": ["The code {from the text message |you send |}is {refused|not accepted|rejected}.", "{It does not|The page won't} {take|accept} the code{ you sent| from my phone|}.", "{Whatever code I type|Every code I enter} {is wrong|is refused}."],
            "page stays blank": ["{The page|The screen} {stays|goes|turns} {blank|white}{ after I type my password|}.", "After {the login|my password} I {only |}see a {blank|white|empty} page.", "{All I get is|There is only} a {blank|white} {page|screen}."],
            "password refused": ["{It|The site} {refuses|does not accept|will not take} my password.", "{My password|The password} {does not work|is suddenly wrong|is refused}{, and I have not changed it|}.", "I am {sure|certain} {of|about} my password, but {it is refused|it says wrong}."],
        },
        tells=[
            "I {cannot|can't} {log in|sign in|get into my account}{ any more|}. {My user name|The user name|My login} is <user>.", "{My|The} {login|account} <user> {does not work|is not working|gives me trouble}{ since yesterday| any more|}.", "{User|Login|Account} <user>: {I cannot get in|no way in|login fails}.", "I {try|have been trying} to {log in|sign in} as <user>{ all day| since this morning|}.",
            "{Something|What} is wrong with {my account|the account} <user>{.|?}", "I {used to|could always} {log in|sign in} as <user>{ without trouble|}{, not today|, now I cannot|}.", "{Locked out|Shut out|No way into my account}. <user> is {my user name|what I use to log in}.",
            "{Three|Ten} {tries|attempts} and {still no|no} way into <user>.", "{I forgot|I may have forgotten} how to get {into|back into} <user>{, silly me|}.", "{The|Your} {app|site} {hates|does not like} {me|my account} today, user <user>.",
        ],
        wishes=["asks for help", "asks for a call", "wants an explanation"],
    ),
    Scenario(
        "Cancel plan", required=["plan"], gold=["{plan} plan", "{amount}", "from {date}"], mood=["calm"],
        tells=[
            "I {want|would like|wish} to {cancel|end|stop} {my|the|our} <plan> plan{ from <date>| on <date>|}.", "<please> {cancel|end|stop} my <plan> plan{?| from <date>?| by <date>?}", "{We|I} {do not|hardly} use the <plan> plan {any more|enough}{, so please cancel it|}{ from <date>|}.", "<amount> {a month|every month} is too much {for|to keep} the <plan> plan{, I want out|, please cancel|}.",
            "{Our|My} <plan> plan {for <amount> |}{should|must|can} {end|stop} {on|from} <date>.", "{How|Where} do I cancel the <plan> plan{ for <amount>|}?", "{Money is tight|We are cutting costs|I am moving abroad}, {so the <plan> plan has to go|so I cancel my <plan> plan}{ from <date>|}.", "{Time to|I must} say goodbye to {the|my} <plan> plan{ at <amount> a month|}.",
            "{The|This} <plan> plan {was nice|has been fine} {while it lasted|for a time}, {but I am leaving|now I want to stop}{ on <date>|}.", "{As of|Starting} <date>, {no more|I do without the} <plan> plan{ for <amount>|}{, please|}.", "{You|I see you} {raised|put up} the {price|fee} to <amount>{ a month|}, so {I cancel|please end} {my|the} <plan> plan.",
        ],
        wishes=["wants it confirmed", "asks for help", "wants a refund"],
    ),
    Scenario(
        "Warranty claim", required=["product"], optional=["order", "amount"], gold=["{product}", "bought {date}", "order {order}", "{amount}", "{issue}"], mood=["bad", "calm"], issues=DEFECTS,
        tells=[
            "{The|My} <product> {I bought|bought|from} {on |}<date> {is broken|gave up|has a fault}{ already|}.", "I {bought|got|purchased} {a|this} <product> {on|from you on} <date>{ for <amount>|} and {it should be under warranty|it has a fault|now there is trouble}.", "{Do you know whether|Can you check if|Could you say if} {my|the} <product> is {still |}{under|covered by} warranty?{ I {bought|got} it on <date>.|}", "{After|Not even} {a year|six months|a few months}, {my|the} <product> {has failed|is broken|stopped working}.",
            "{It is about|This is about} the warranty {on|for} {my|the} <product>{, bought on <date>|}.", "{I wish to|I would like to|I want to} {make a claim|use the warranty} for {my|the} <product>{ from <date>|}.", "{A|One} <product> for <amount> {should|ought to} last longer{, I bought it on <date>|}.",
            "{Bought|I bought} {a|this} <product> on <date>, {used it|it was used} {twice|for a month}, {and now this|and it has failed}.", "{Your|The} leaflet {says|promises} two years for the <product>{, mine is from <date>|}.", "{My|Our} {faithful|nice|poor} <product> {has|developed} a fault{ already| {well |}within the warranty|}.",
        ],
        wishes=["wants a new one", "wants a refund", "asks how"],
    ),
    Scenario(
        "Praise", required=["staff"], gold=["{staff}", "{city}", "{product}", "{issue}"], mood=["glad"], 
        issues={
            "kind and patient": ["{She|This person} was {so|very} {kind|nice} and patient{ with me| with my mother|}.", "{So|Such} {patient|kind}, {even with all my questions|though it was closing time}.", "{Never|Not once} {impatient|short with me}{, always friendly|}."],
            "quick help": ["{It took|I waited} {two minutes|no time at all} and {all was solved|I had help}.", "{Quick|Very quick|Fast} help, {no fuss|just as it should be}.", "{Everything|It} was {solved|sorted} {in no time|in five minutes|the same day}."],
            "good advice": ["{I got|We got} {such|really} good advice.", "{The advice|What I was told} was {spot on|exactly right}.", "{Honest|Good} advice, {and not the dearest thing either|just what I needed}."],
            "went out of the way": ["{Went|Really went} out of the way{ to find one| for us|}.", "{Stayed|Even stayed} {late|after closing}{ to help|}.", "{Even carried|Carried} everything to {the|my} car."],
        },
        tells=[
            "{I want|I would like|I just want} to thank <staff>{ in your <city> shop| from the <city> shop|}{ for helping me with the <product>|}.", "<staff> {in|from} {your|the} <city> {shop|store|branch} {deserves|should get} {a rise|a medal|a big thank you}.", "{Please|Do} {pass my thanks on to|thank|give my best to} <staff>{, who {sold me|found me} a <product>| in <city>|}.",
            "{What a|Such a} {pleasure|joy} to be served by <staff>{ in <city>|}{ when I bought a <product>|}.", "I {bought|came for} a <product> {yesterday|last week} and <staff> {helped me|took care of me}{ in <city>|}.", "{Three cheers|Hats off|Full marks|Five stars} {for|to} <staff>{ in <city>| at the <city> shop|}!",
            "{You|Your shop in <city>} {can|should} be proud of <staff>.", "{Not a complaint for once|No complaint, the reverse}: <staff> {was wonderful|did a great job}{ in <city>| with my <product>|}.", "Thanks to <staff> {I found|we found} {the right <product>|just what we wanted}{ in <city>|}.", "{My mother|My father|My aunt} {is|was} {delighted|so pleased} with <staff>{ in <city>| who sold her a <product>|}.",
        ],
        wishes=[],
    ),
    Scenario(
        "Code fails", required=["code"], optional=["product"], gold=["code {code}", "{product}", "{amount}", "{issue}"], mood=["bad", "calm"],
        issues={
            "says expired": ["It says {expired|it has expired|the code is expired}.", "{The site|Your page} {claims|says} it {expired|is too old}.", "{Apparently|Supposedly} {it has run out|it expired}."],
            "says unknown": ["It {says|tells me} the code {is unknown|does not exist|is not known}.", "{Unknown code|Code not found}, {it says|says the page}.", "{The site|The shop} has never heard of it."],
            "no discount shown": ["{The price|The total} {does not change|stays the same}.", "{There is|I see} no discount {in the basket|at the checkout|at all}.", "{Nothing|No money} {comes off|is taken off}{ at the end|}."],
        },
        tells=[
            "{The|My|Your} {code|discount code|voucher} <code> {does not work|is not working|fails|will not go through}{ for the <product>| on a <product>|}.", "I {tried|typed|entered} <code> {when buying|for|at the checkout for} {a|the} <product>{, no luck| and it failed|}.", "Why {can't I use|is there no discount with|do I get nothing for} <code>{ on the <product>| on a <product>|}?", "{You sent me|I got|There was} {the code|a voucher} <code>{ in the newsletter|}, {but it does nothing|and it fails}.",
            "<code> {was meant to|should} {take something off|make it cheaper}{, but I still pay <amount>|. I still see <amount>|}.", "I {wanted|want} to {buy|order} a <product> {for <amount> |}with {code |}<code>.",
            "{What is wrong|Is there something wrong} with {the code|voucher|code} <code>?", "{At|Right at} the {checkout|till} <code> {got me nowhere|did nothing}{ for the <product>|}.", "{Twenty|Ten} minutes {with|trying} <code>{ and the <product> still costs <amount>| and no luck|}.",
        ],
        wishes=["asks for help", "wants it corrected", "wants an explanation"],
    ),
    Scenario(
        "Stock question", required=["product"], gold=["{product}", "{city}", "{amount}", "{issue}"], mood=["calm"],
        issues={
            "in stock": ["{Do you have|Have you got|Is there} {it|one} in {stock|the shop}?", "Is it {in stock|available|to be had}{ right now|}?", "{Before I drive over|Before I make the trip}, {do you have one|is one left}?", "{How many are|Are there any|Are any} left?"],
            "other sizes": ["Does it come in {other sizes|a larger size|more sizes}?", "{Which|What} sizes {do you have|are there}?", "{Is there|Do you do} a {bigger|smaller} {size|one}?"],
            "other colours": ["Does it come in {other colours|another colour}?", "{Which|What} colours {do you have|are there}?", "{Is there|Do you have} {another|a brighter|a darker} colour?"],
            "back when": ["{When|Any idea when} will it be back?", "{It says sold out|It is sold out}, {when is it back|when do you get more}?", "{Will you|Do you plan to} get {more|it back}{ before the summer|}?"],
        },
        tells=[
            "{I am looking|I have been looking|We are looking} for {a|the} <product>{ in your <city> shop| near <city>|}{ for <amount>|}.", "{I saw|There is|You show} a <product> {on your site|in the window|in the catalogue}{ for <amount>|}.", "{A|One} question about the <product>{ at <amount>| in <city>|}.", "{I would love|I want|I plan} to {buy|get} {a|the} <product>{ in <city>|}{ for my {father|niece|office}|}.",
            "{My friend|My sister|A colleague} {has|bought|got} a <product> from {you|your <city> shop} and now {I want one too|everybody wants one}.", "The <product>{ for <amount>|}{, the one in <city>,|} {caught my eye|looks perfect|would fit my kitchen}.",
            "{Tell me about|I need to know more about|Just asking about} the <product>{ for <amount>|}{ in <city>|}.", "{For|In} {the|our} {new flat|spare room} {we|I} {want|need} a <product>{, like the one {for|at} <amount>| like yours in <city>|}.", "{Been dreaming|I dream} of {a|the} <product>{ for <amount>| since I saw it in <city>|}.",
        ],
        wishes=["", "asks for a call"],
    ),
]
