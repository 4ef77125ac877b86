/** Word lists of the nonsense queries: what people type who are in the wrong shop, or whose cat is on the keyboard. */

const split = (list: string): string[] =>
  list
    .split(/[,\n]/)
    .map(text => text.trim())
    .filter(Boolean)

/** Brands and products that no bookshop sells. */
export const BRANDS = split(`
  iphone 15 case, iphone 14 pro max, ipad mini 6, airpods pro 2, macbook m3, samsung galaxy s24, galaxy buds, oneplus 12,
  xiaomi redmi, huawei p60, motorola razr, nokia 3310, sony wh-1000xm5, sony bravia, playstation 5 slim, ps5 controller, xbox series x, nintendo switch oled,
  joycon, gopro hero 12, dji mavic, canon eos r5, nikon z6, fujifilm x100, leica q3, garmin fenix, fitbit versa, kindle paperwhite,
  dyson v15, roomba i7, irobot, tefal, braun s9, philips sonicare, oral-b, gillette mach3, nespresso, delonghi, krups, keurig, kitchenaid,
  vitamix, thermomix, tupperware, le creuset, wmf, zwilling, miele, bosch gsr, makita dhp, dewalt dcd796, ryobi, stihl ms, husqvarna, karcher k5, gardena,
  ikea billy, ikea kallax, hemnes, lego 10497, playmobil, hasbro, mattel, nerf, tamagotchi, hot wheels, funko, nike air max, adidas samba, reebok, puma rs-x,
  asics gt, new balance 574, converse, vans, birkenstock, crocs, timberland, ugg, levis 501, wrangler, lacoste, gucci, prada, hermes, louboutin,
  versace, burberry, moncler, canada goose, patagonia, columbia, mammut, fjallraven, deuter, osprey, samsonite, rimowa, eastpak, ray-ban, oakley,
  rolex, omega, tissot, casio g-shock, swatch, seiko, citizen, pandora, swarovski, nivea, loreal, maybelline, garnier, dove, axe, rexona,
  pantene, schwarzkopf, colgate, sensodyne, pampers, huggies, tampax, tempo, charmin, ariel, persil, lenor, febreze, swiffer, duracell, energizer, varta,
  nutella, haribo, milka, toblerone, snickers, kitkat, oreo, pringles, doritos, cheetos, heinz, knorr, maggi, barilla, nescafe, lavazza, starbucks, red bull, monster,
  pepsi, coca cola, fanta, sprite, evian, heineken, budweiser, corona, guinness, smirnoff, bacardi, jagermeister, jack daniels, toyota yaris, honda civic, nissan,
  mazda cx-5, hyundai i30, kia ev6, volkswagen, vw golf, audi a4, bmw x5, bmw m3, mercedes, porsche, volvo xc60, renault clio, peugeot, citroen, fiat 500, skoda, dacia,
  tesla, yamaha mt-07, suzuki, kawasaki, ducati, vespa, michelin, goodyear, pirelli, bridgestone, logitech mx, razer, corsair, nvidia rtx 4090, radeon rx, ryzen 7,
  intel i7, asus rog, acer, lenovo, thinkpad, dell xps, hp envy, epson et, brother mfc, netgear, fritzbox, tp-link, synology, seagate, sandisk, kingston,
  photoshop, autocad, quickbooks, norton, mcafee, netflix, spotify, disney+, uber, airbnb, paypal, ebay, walmart, costco, aldi, lidl, tesco, sephora, zalando, shein, temu,
  fedex, dhl, ups, visa, mastercard, amex, verizon, vodafone, t-mobile, tylenol, advil, aspirin, ibuprofen, viagra, ozempic, botox, listerine, vicks, zyrtec, benadryl`)

/** What people search for in shops and among services of other trades. */
export const OTHER_TRADES = split(`
  plumber near me, emergency plumber, electrician, roof repair, gutter cleaning, drywall, plasterboard, plywood 18mm, mdf, screwdriver, wood screws, hex bolts m8,
  pvc pipe, ball valve, faucet, toilet seat, shower head, bathtub, dishwasher, refrigerator, tumble dryer, washing machine, microwave, air fryer, rice cooker, toaster, vacuum bags,
  led strip, light bulb e27, extension cord, hdmi cable, usb c hub, usb stick 64gb, sd card, ssd 1tb, ram ddr5, router wifi 6, printer ink, toner, a4 paper, laptop stand,
  webcam, headset, soundbar, subwoofer, turntable, guitar strings, drum kit, ukulele, midi keyboard, tires 205 55 r16, winter tyres, brake pads, spark plugs, wiper blades,
  motor oil 5w30, antifreeze, car wax, roof rack, bike helmet, inner tube 28, e-bike, scooter, kayak, paddleboard, tent 4p, sleeping bag, hiking boots, yoga mat, dumbbells,
  kettlebell, treadmill, protein powder, creatine, whey, omega 3, vitamin d3, magnesium, probiotics, melatonin, cough syrup, nasal spray, plasters, bandages, thermometer,
  contact lenses, reading glasses, hearing aid, toothbrush, toothpaste, mouthwash, shampoo, conditioner, hair dryer, nail polish, lipstick, mascara, eyeliner, sunscreen spf 50,
  deodorant, razor blades, diapers, baby wipes, pacifier, stroller, car seat, crib mattress, dog food, puppy pads, cat litter, aquarium filter, hamster cage, horse blanket,
  lawn mower, hedge trimmer, fertilizer, potting soil, tomato seeds, tulip bulbs, garden hose, wheelbarrow, greenhouse, bbq grill, charcoal, patio heater, gazebo, hammock,
  sofa bed, bunk bed, mattress 140x200, duvet, pillowcase, bathrobe, towels, curtains, blinds, carpet, laminate, tiles 60x60, grout, wallpaper, paint white matt, primer, varnish,
  t-shirt xl, hoodie, jeans 32 34, chinos, leggings, bikini, swim trunks, bra 75c, socks, sneakers, sandals, stilettos, raincoat, beanie, earrings, necklace, wedding ring 18k,
  pizza delivery, sushi, kebab, burger, chicken wings, salmon fillet, avocado, bananas, oat milk, yoghurt, mozzarella, spaghetti, basmati, quinoa, olive oil, balsamic, ketchup,
  mayonnaise, espresso beans, green tea, prosecco, riesling, lager, gin tonic, vape, lighter, cheap flights, flight to rome, hotel berlin, rental car, train ticket, ferry, airport taxi,
  travel insurance, car insurance, mortgage rates, credit card, bank account, exchange rate usd eur, bitcoin, etf, tax return, notary, divorce lawyer, dentist, physiotherapist,
  orthodontist, dermatologist, veterinarian, hairdresser, barbershop, tattoo, massage, gym membership, swimming pool, nanny, kindergarten, driving licence, tutoring, apartment rent,
  studio flat, house for sale, storage unit, moving boxes, pallet jack, forklift, excavator, scaffolding, welding rod, angle grinder, cordless drill, solar panel, inverter,
  heat pump, boiler, radiator, thermostat, smoke alarm, padlock, cctv, doorbell, weather tomorrow, football scores, lottery numbers, job vacancies, recycling, bin collection,
  gift card, voucher code, discount, phone number, opening hours, login, password reset, unsubscribe`)

/** Rows of keyboards (US, German, French), from which runs are cut. */
export const KEYBOARD_ROWS = [
  'qwertyuiop',
  'asdfghjkl',
  'zxcvbnm',
  'qwertzuiop',
  'yxcvbnm',
  'azertyuiop',
  'qsdfghjklm',
  '1234567890',
  'qazwsxedcrfv',
  'poiuytrewq',
  'lkjhgfdsa',
  'mnbvcxz',
]
