"""What people say around their business: greetings, digressions, moods, thanks; and the banks that every scenario may name."""

GREETINGS = [
    "Hi,", "Hello,", "Hello there,", "Hi there!", "Good morning,", "Good afternoon,", "Good evening,", "Hey,", "Hi {team|all|everyone|folks},",
    "Dear {Sir or Madam|team|customer service|support|all},", "To whom it may concern,", "Hello {support|team|again|everyone},",
    "Hi, {me again|hope you can help|quick one|quick question|it's me again|sorry to bother you}.", "Hey {guys|there|team},", "Morning!",
    "Hello, {I hope this finds you well|I hope you are having a good week|hope all is well|I need a bit of help}.", "Greetings!", "Afternoon all,",
]

DIGRESSIONS = [
    "I {have been|am} a customer {for|of} {about |almost |}{two|three|five|six|ten} years[ now].",
    "{My|Our} {daughter|son|neighbour|sister|husband|wife|mother|dad|boss|flatmate} {recommended you|told me to write to you|said I should just ask}[, so here I am].",
    "I {tried|have tried} {to call|the phone|the chat|calling} {twice|three times|all morning|for an hour|yesterday}{, no luck| and gave up| but nobody picked up|}.",
    "{It|The weather} has been {raining|freezing|far too hot} {here |}all week{, not that you can help that|, so I am in no great mood|}.",
    "{I am|Just} {writing|typing this} {from my phone|on the train|on my lunch break|between two meetings}{, so sorry for the typos|, so I will keep it short|}.",
    "{Normally|Usually|As a rule} {I never write|I do not write|I am not one to send} {such emails|these mails|complaints}[, but {here we are|this time I must}].",
    "We {just|only just|recently} {moved|moved house|got back from holiday|had a baby}{ and everything is a mess| and it is chaos here|}.",
    "{Not sure|I do not know|No idea} {if this is|whether this is} the right {address|place|inbox|department}{ for this|}.",
    "I {could not|can't} find {an answer|anything|anything about this} {on your site|in your help pages|online}.",
    "{You|Your shop} {came|comes} {highly |}recommended{ by a friend| by a colleague| by half my street|}.",
    "{First of all|First off|Before anything else}, {the site is lovely|I like your shop|I have always liked your things|nice website}.",
    "It was {meant|supposed} to be a {birthday|wedding|Christmas|leaving|surprise} {present|gift}{ for my {mum|brother|aunt|best friend|colleague}|}.",
    "{The dog|My cat|The baby|My toddler} {is asleep on my lap|is staring at me|is screaming} {while I type this|as I write}.",
    "{Sorry|Apologies} {for the long mail|for writing again|if this is the wrong place|to be a pain}.",
    "{Honestly|Frankly|To be honest}, {I expected better|I did not expect this|I am a bit lost|I had to laugh at first}.",
    "{My English is not so good|English is not my first language}, {sorry|I hope you understand|please be patient}.",
    "{Third|Second|Fourth} {time|mail|message} {now|this week|about this}.",
    "I {run|have|look after} a {small|little|busy} {cafe|shop|office|guest house|school library}{ and every day counts| so this matters to me|}.",
    "{Hope|I hope} {this is easy|you are not too busy|somebody reads this|this gets to a real person}.",
    "{It is probably my own fault|Maybe I did something wrong|I may have missed something}, {but still|but please bear with me|who knows}.",
    "{Last year|Last time|In the past} {everything went|it all went|things went} {smoothly|fine|without a hitch}.",
    "{A colleague|A friend of mine|My neighbour} {had the same thing|had exactly this problem|says she never has any trouble with you}.",
    "{I work nights|I am at work all day|I am away most of the week}, {so mail is best|so please do not call in the morning|so it is hard to reach me}.",
    "{It was for|I needed it for} {my mother's 80th|the school fair|a camping trip|my first flat|our summer party}.",
    "{You will|You may} {laugh|not believe this}, but {it is the same story as last year|this is my third try}.", "{I live|We live} {on an island|out in the country|on the fourth floor}{ and there is no lift|, so nothing is simple|}.",
    "{Money is a bit tight|I am on a pension|I am a student}{, so {this matters|every bit helps}|}.", "{I saw|I read} {the reviews|your advert} and {had high hopes|thought, why not}.", "{Your chat robot|The robot on your site} {was no use|sent me in circles|did not understand me}.",
    "{I have|We have} {bought|ordered} {quite a lot|several things} {here|from you} {before|over the years}.", "{My wife|My husband|My partner} {thinks|says} I {worry|write} too much{, perhaps so|}.", "{Let me|I will} {start at the beginning|explain|be brief}.",
    "{I checked|I have looked in|I went through} {the spam folder|my junk mail|all my emails} {too|as well|twice}.",
]

MOODS = {
    "bad": [
        "{I am|We are} {rather|quite|very|really|more than a little} {disappointed|annoyed|unhappy|upset|frustrated}{ about this| to say the least|}.",
        "This is {not good enough|really not on|not what I expect from you|getting silly|a joke|unacceptable}.",
        "{Not|Hardly} {great|impressive|what I paid for|a good start|the service I am used to}.",
        "I {would|will} think twice before {ordering again|I buy here again|coming back}.",
        "{What is going on|How can this happen|How hard can it be|Is anybody there}?", "{Come on|Seriously}, {this is the second time|fix your system|this should not happen}.",
        "It {really |}spoiled {my week|the party|the surprise|our weekend}.", "{Very|So|Most} {annoying|frustrating|tiresome}.",
        "I had to {borrow one|make do|do without|explain it to my guests|take a day off} {because of this|thanks to you|in the end}.",
    ],
    "calm": [
        "{It is|This is} {not urgent|no big deal|not the end of the world|no rush}{, but {still|I would like to know|I thought I should say}|}.",
        "{These things|Mistakes} happen{, I know|, no hard feelings|}.", "{No hurry|Whenever you have a minute|Take your time}.",
        "{I am sure|No doubt|Surely} {it is|this is} {a simple mix-up|easily sorted|just a small mistake}.",
        "{Otherwise|Apart from that|Everything else} {all good|I am happy|is fine}.", "I {know|understand|can see} you are {busy|doing your best|short of staff}.",
        "{Just wanted|I only want} {to be sure|to get this sorted|to understand it}.",
    ],
    "glad": [
        "{It made|You made} {my day|our week|me smile}.", "{Keep it up|Keep up the good work|Please go on like this|More of that}!",
        "{I will|We will} {be back|certainly order again|tell everyone|recommend you}.", "{So|Really|Truly} {happy|pleased|grateful}.",
        "{Not often|It is rare} {that |}one {sees|gets} {such service|such care} {these days|any more}.", "You do not hear it often enough.",
    ],
}

CLOSINGS = [
    "Thanks", "Thank you", "Thanks a lot", "Many thanks", "Thanks in advance", "Cheers", "Kind regards", "Best regards", "Regards", "Best wishes", "Best",
    "Yours sincerely", "Yours faithfully", "Thank you for your {help|time|trouble}", "Thanks for {your help|looking into it|sorting this}", "Warm regards",
    "{Looking forward|I look forward} to {your answer|hearing from you}", "Greetings", "All the best", "Have a {nice|good} {day|weekend|evening}", "Bye", "Ta",
]

SIGNATURES = {
    "signed": ["\n<closing>, <name>", "<closing>, <name>", "\n<closing>, <name>.", "- <name>", "\n- <name>", "{Yours|Best|Love}, <name>", "\n<closing> from <name>"],
    "said": [
        "My name is <name>.", "{This is|It's} <name>{ here|}.", "I am <name>{, by the way|}.", "{The name is|Name:} <name>.", "{The order|It|The account} is {under|in the name of} <name>.",
        "{You will|You should} find me under <name>.", "{It is|It's} <name> again.", "I {ordered|am registered} as <name>.",
    ],
}

BANKS = {
    "closing": CLOSINGS,
    "ago": ["{two|three|four|five|six|ten} {days|weeks} ago", "{a|about a|over a} {week|month|fortnight} ago", "last {week|month}", "the other {day|week}", "a {few days|while} {ago|back}"],
    "soon": ["as soon as {possible|you can}", "this week", "soon", "before the weekend", "quickly", "today if possible", "in the next few days", "right away"],
    "shop": ["your {shop|site|website|store|online shop}", "you", "you people", "you guys"],
    "please": ["Please", "Could you please", "Can you", "Would you", "Could you", "Can somebody", "Would you kindly", "Can you please", "Would somebody"],
    "orderno": [
        "order <order>", "order number <order>", "order no. <order>", "order #<order>", "order nr <order>", "my order <order>", "my order ({number|no.|#}<order>)",
        "order <order>", "the order <order>", "{purchase|order} number <order>", "#<order>", "<order>",
    ],
    "inorder": ["(order <order>)", "(<orderno>)", "from order <order>", "from my order <order>", "in order <order>", "(#<order>)", ", order <order>,", "on order number <order>"],
}

DETAILS = {
    "order": [
        "{The|My} order {number is|no. is|is number|is} <order>.", "Order{ number|:| no.| nr|} <order>.", "It is {about|for} order <order>.", "The number {on the {slip|receipt|mail|invoice} is|I have is|was} <order>.",
        "It's order <order>{ if that helps| in case you need it|}.", "{You|You should|I think you} {can |}find it under <order>.", "{For reference|For your files|Just in case}: <order>.", "Ref <order>.",
        "#<order>.", "My {reference|confirmation} {is|says} <order>.", "{This concerns|I mean|This is about} <orderno>.", "The {mail|confirmation} you sent {says|gives the number} <order>.", "(Order <order>.)",
    ],
    "product": ["It was {a|the} <product>.", "{It is|It's|This is} about {a|the|my} <product>.", "{The thing|The item|What} I bought {is|was} a <product>.", "Item: <product>.", "We are talking about a <product>{ here|}.", "It's the <product>."],
    "amount": [
        "{It was|It cost|I paid|That was} <amount>{ in total| altogether| all in|}.", "{We are talking about|It comes to} <amount>.", "<amount> {is a lot of money {to|for} me|is not nothing|is no small change}.",
        "{Amount|Total|Price}: <amount>.", "My {bank|card} {statement |}says <amount>.",
    ],
    "date": ["{That|It|All this} was on <date>.", "{Date|The date}: <date>.", "{It|That} happened on <date>.", "{I mean|That is} <date>."],
}
